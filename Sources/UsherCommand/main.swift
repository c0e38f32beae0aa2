import Commands

await UsherProgram.start()
