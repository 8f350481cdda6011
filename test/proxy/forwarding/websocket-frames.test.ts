import { describe, expect, it } from 'vitest'
import { closeFrame, FrameBoundaries } from '../../../src/proxy/forwarding/websocket-frames.ts'

/** A frame with a payload of some length. */
function frame(length: number, { isMasked = false } = {}): Buffer {
  const mask = isMasked ? [1, 2, 3, 4] : []
  const bit = isMasked ? 0x80 : 0
  const size =
    length < 126
      ? [bit | length]
      : length < 65_536
        ? [bit | 126, length >> 8, length & 0xff]
        : [
            bit | 127,
            0,
            0,
            0,
            0,
            length >> 24,
            (length >> 16) & 0xff,
            (length >> 8) & 0xff,
            length & 0xff,
          ]
  return Buffer.concat([Buffer.from([0x82, ...size, ...mask]), Buffer.alloc(length, 0x81)])
}

const FRAMES = [0, 1, 125, 126, 300, 65_535, 65_536, 70_000, 0].flatMap((length) => [
  frame(length),
  frame(length, { isMasked: true }),
])

describe('FrameBoundaries', () => {
  it.each([1, 2, 3, 7, 1_000, 65_536])('finds the ends of all frames in pieces of %i', (size) => {
    const bytes = Buffer.concat(FRAMES)
    const boundaries = new FrameBoundaries()
    const found: number[] = []
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size)
      for (let from = 0; from < piece.length; ) {
        const end = boundaries.followToEnd(piece.subarray(from))
        if (end === -1) break
        from += end
        found.push(at + from)
      }
    }
    let sum = 0
    expect(found).toEqual(FRAMES.map(({ length }) => (sum += length)))
  })

  it('knows whether a frame is under way', () => {
    const boundaries = new FrameBoundaries()
    expect(boundaries.isBetween).toBe(true)
    boundaries.follow(frame(10).subarray(0, 1))
    expect(boundaries.isBetween).toBe(false)
    boundaries.follow(frame(10).subarray(1))
    expect(boundaries.isBetween).toBe(true)
    boundaries.follow(Buffer.concat([frame(10), frame(300).subarray(0, 200)]))
    expect(boundaries.isBetween).toBe(false)
  })
})

describe('closeFrame', () => {
  it('holds the status, masked when it comes from a client', () => {
    expect([...closeFrame(1012, 'server')]).toEqual([0x88, 2, 0x03, 0xf4])
    const [opcode, length, ...rest] = closeFrame(1012, 'client')
    expect([opcode, length]).toEqual([0x88, 0x82])
    const [a = 0, b = 0, , , x = 0, y = 0] = rest
    expect([a ^ x, b ^ y]).toEqual([0x03, 0xf4])
  })
})
