/// Known ways out of other sandboxes, row by row.
extension HostileCorpus {
  static let escapes: [HostileCase] = [
    // Coroutines: each new thread would reset the hook.
    .init("coroutine.wrap", .runtime, body: "coroutine.wrap(function() while true do end end)()"),
    .init("coroutine.create", .runtime, body: "local c = coroutine.create(function() end) coroutine.resume(c)"),
    .init("coroutine.close", .runtime, body: "coroutine.close(coroutine.running())"),
    .init(
      "a short coroutine in a loop", .runtime,
      body: "while true do coroutine.wrap(function() for i = 1, 900 do end end)() end"),
    // Finalizers and metatables: hooks are off while __gc runs, and __concat can free the stack under Lua.
    .init("setmetatable with __gc", .runtime, body: "setmetatable({}, {__gc = function() while true do end end})"),
    .init(
      "setmetatable with __concat", .runtime,
      body: "return setmetatable({}, { __concat = function() return 1 end }) .. 'x'"),
    .init("setmetatable with __mode", .runtime, body: "setmetatable({}, { __mode = 'kv' })"),
    .init(
      "setmetatable with __tostring", .runtime,
      body: "error(setmetatable({}, { __tostring = function() while true do end end }))"),
    .init("getmetatable of text", .runtime, body: "getmetatable('').__index = nil"),
    .init("getmetatable of the globals", .runtime, body: "return getmetatable(_G)"),
    .init(
      harmless: "a table with __index as a plain key",
      body: "local t = { __index = function() error('x') end } local x = t.y"),
    .init(
      harmless: "a table with __gc as a plain key",
      body: "for i = 1, 2000 do local t = { __gc = function() while true do end end } end"),
    .init(
      "an error with a table whose __tostring loops", .runtime,
      body: "error({ __tostring = function() while true do end end })"),
    .init(
      "a variable that is to be closed", .runtime, body: "local x <close> = nil while true do local y <close> = { } end"
    ),
    // The error handlers.
    .init("xpcall with a handler that loops", .runtime, body: "xpcall(error, function() while true do end end)"),
    .init("xpcall with a handler that fails", .runtime, body: "xpcall(error, error)"),
    .init(
      "pcall of pcall of pcall", .budget,
      body: "local function f() while true do end end while true do pcall(pcall, pcall, f) end"),
    .init("pcall of nothing", .runtime, body: "pcall()"),
    .init(
      harmless: "pcall of what is no function",
      body: "assert(not pcall(1)) assert(not pcall(nil)) assert(not pcall({}))"),
    .init(
      "error in a deep pcall", .budget, body: "local function f() pcall(f) error('x') end while true do pcall(f) end"),
    // Code from text or bytes.
    .init("load", .runtime, body: "load('return 1')()"),
    .init("load of bytecode", .runtime, body: "load('\\27Lua', 'x', 'b')()"),
    .init("loadstring", .runtime, body: "loadstring('return 1')()"),
    .init("dofile", .runtime, body: "dofile('/etc/passwd')"),
    .init("loadfile", .runtime, body: "loadfile('/etc/passwd')"),
    .init("string.dump", .runtime, body: "return string.dump(function() end)"),
    .init("string.dump as a method", .runtime, body: "return ('').dump(function() end)"),
    .init("require", .runtime, body: "require('os')"),
    .init("package.loadlib", .runtime, body: "package.loadlib('libc.so.6', 'system')"),
    // The machine.
    .init("os.execute", .runtime, body: "os.execute('true')"),
    .init("os.exit", .runtime, body: "os.exit(0)"),
    .init("os.getenv", .runtime, body: "return os.getenv('HOME')"),
    .init("io.open", .runtime, body: "io.open('/etc/passwd')"),
    .init("io.popen", .runtime, body: "io.popen('true')"),
    .init("print", .runtime, body: "print('x')"),
    .init("collectgarbage stop", .runtime, body: "collectgarbage('stop')"),
    .init("debug.sethook", .runtime, body: "debug.sethook()"),
    .init("debug.getregistry", .runtime, body: "debug.getregistry()"),
    .init("debug.setupvalue", .runtime, body: "debug.setupvalue(function() end, 1, nil)"),
    .init("math.random", .runtime, body: "math.randomseed(1) return math.random()"),
    .init("rawset", .runtime, body: "rawset(string, 'rep', nil)"),
    .init("rawget", .runtime, body: "return rawget(string, 'rep')"),
    .init("next", .runtime, body: "next(string)"),
    .init("utf8", .runtime, body: "return utf8.char(8238)"),
    .init("_G", .runtime, body: "_G.use = nil"),
    // Patterns: their cost has no bound.
    .init("find with a pattern that backtracks", .runtime, body: "return ('x'):find('.-.-.-.-b')"),
    .init("string.match", .runtime, body: "return string.match('x', 'x')"),
    .init("string.gmatch", .runtime, body: "for x in string.gmatch(('x'):rep(4000), '.-') do end"),
    .init("string.gsub", .runtime, body: "return ('x'):gsub('.', {})"),
    .init("string.pack", .runtime, body: "return string.pack('z', 'x')"),
    // Names that would show addresses.
    .init("format with %p", .runtime, body: "return string.format('%p', {})"),
    .init("format with a table as text", .runtime, body: "return string.format('%s', {})"),
    .init("format with a width beyond two digits", .runtime, body: "return string.format('%999d', 1)"),
    .init("format with no such conversion", .runtime, body: "return string.format('%y', 1)"),
    .init("format without its argument", .runtime, body: "return string.format('%d')"),
    .init("format that ends within a conversion", .runtime, body: "return string.format('%')"),
    .init(
      harmless: "tostring of everything",
      body: "for _, v in ipairs({ {}, pcall, 'x', 1, 0.5, true, 0/0, math.huge }) do note(tostring(v)) end",
      chunk: .fault([.runtime])),
  ]
}
