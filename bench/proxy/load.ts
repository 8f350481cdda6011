import { type LoadOptions, runLoad } from './run-load.ts'

/*
 * The load in a process of its own, told what to do by messages: LoadOptions in, LoadResult out.
 * Ends when its parent does.
 */
process.on('message', (options: LoadOptions) => {
  runLoad(options).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ isReady: true })
