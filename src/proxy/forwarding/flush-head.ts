import type { OutgoingMessage } from 'node:http'

/**
 * Sends a head before there is a body to send it with. Fields are bytes, one character each; Node's own `flushHeaders`
 * leaves their encoding to the socket, which takes all text for UTF-8 and makes two bytes of each beyond ASCII.
 */
export function flushHead(message: OutgoingMessage): void {
  const { socket } = message
  socket?.setDefaultEncoding('latin1')
  message.flushHeaders()
  socket?.setDefaultEncoding('utf8')
}
