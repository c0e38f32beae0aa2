-- What luacheck knows of policies: the globals that the sandbox gives them, read-only, and nothing else of Lua.
std = 'usher'
max_line_length = 130

stds.usher = {
  read_globals = {
    'use', 'move', 'wait', 'wait_for', 'skip', 'note', 'now', 'params', 'random', 'local_time',
    'starts_with', 'ends_with', 'contains', 'glob', 'split',
    'assert', 'error', 'ipairs', 'pairs', 'pcall', 'select', 'tonumber', 'tostring', 'type',
    string = { fields = { 'byte', 'char', 'format', 'len', 'lower', 'rep', 'reverse', 'sub', 'upper' } },
    table = { fields = { 'concat', 'insert', 'move', 'pack', 'remove', 'sort', 'unpack' } },
    math = {
      fields = {
        'abs', 'ceil', 'floor', 'fmod', 'max', 'min', 'modf', 'sqrt', 'tointeger', 'type', 'ult',
        'huge', 'maxinteger', 'mininteger', 'pi',
      },
    },
  },
}

-- A hook's arguments are given whether it uses them or not.
unused_args = false

-- Editor stubs, which define what policies read.
exclude_files = { 'Rules/types' }
