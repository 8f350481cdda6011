import { GatewayError } from '../model/errors.ts'

const SOL_SOCKET = 1
/** Linux 4.6, asm-generic/socket.h. */
const SO_ATTACH_REUSEPORT_CBPF = 51
/** `BPF_RET | BPF_K`: the program is its result. */
const RETURN_CONSTANT = 0x06
/**
 * Position of the second listener of a port, in the order in which they came. While there is only one, no listener
 * has that position, and the kernel falls back to the one there is (net/core/sock_reuseport.c).
 */
const SECOND = 1

/**
 * Gives the means to make the kernel hand every new connection of a shared port to the newer of two listeners. Without
 * it the older one gets its part of them until the moment it closes, and what waits in its queue then is reset: Linux
 * divides by a hash of the addresses. Node.js sets no such option, hence the call of the C library.
 * Throws `cannot_share_ports` where that cannot be called.
 */
export async function createSteering(): Promise<(listener: number) => void> {
  const { default: koffi } = await import('koffi').catch((error: unknown) => {
    throw new GatewayError(
      'cannot_share_ports',
      'sharing ports needs the library koffi, which is not installed or has no build for this machine',
      { cause: error },
    )
  })
  // struct sock_fprog of linux/filter.h
  const instruction = koffi.struct({ code: 'uint16', jt: 'uint8', jf: 'uint8', k: 'uint32' })
  const program = koffi.struct({ len: 'uint16', filter: koffi.pointer(instruction) })
  const setsockopt: (...args: unknown[]) => unknown = koffi
    .load(null)
    .func('setsockopt', 'int', ['int', 'int', 'int', koffi.pointer(program), 'uint32'])
  const toSecond = { len: 1, filter: [{ code: RETURN_CONSTANT, jt: 0, jf: 0, k: SECOND }] }
  const size = koffi.sizeof(program)
  return (listener) => {
    if (setsockopt(listener, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, toSecond, size) === 0) return
    const message = `the kernel does not let a port be handed over (errno ${koffi.errno()})`
    throw new GatewayError('cannot_share_ports', message)
  }
}
