import { GatewayError } from '../../src/model/errors.ts'
import { openStore } from '../../src/store/open-store.ts'

// Tries to open the database named by its argument and prints as JSON what came of it. With a second
// argument it first becomes that user: the superuser is refused nothing.

const [, , path, userId] = process.argv
if (userId !== undefined) process.setuid?.(Number(userId))
try {
  await (await openStore(`sqlite:${path}`)).close()
  console.log(JSON.stringify({ code: null, message: 'opened' }))
} catch (error) {
  if (!(error instanceof GatewayError)) throw error
  console.log(JSON.stringify({ code: error.code, message: error.message }))
}
