---@meta usher
-- The names that policies can use, for the Lua language server. This is not a policy: Usher never runs this file.
-- Docs/Policies/README.md explains the names. A test compares this file with the sandbox.

---@class Verdict

---A read-only list, such as tags: `#list`, `list[1]`, `ipairs(list)`, `contains(list, text)`.
---@alias Texts string[]
---@alias Scalar string|number|boolean

---A sending device. Read-only; a field that does not exist is an error.
---@class Device
---@field id string
---@field name string
---@field status 'online'|'offline'|'auth_failed'|'unknown'
---@field online boolean `status == 'online'`
---@field can_accept_more boolean online, not paused, and below every cap, counting queued messages
---@field sent_minute integer messages in the last 60 seconds
---@field sent_hour integer messages in the last 60 minutes
---@field sent_day integer messages in the last 24 hours
---@field queued integer messages in the device's queue
---@field in_flight integer messages being sent
---@field limit_minute integer? nil is no limit
---@field limit_hour integer? nil is no limit
---@field limit_day integer? nil is no limit
---@field limit_queue integer? the most that may be queued and in flight together; nil is no limit
---@field headroom integer how many more fit under every cap
---@field load number the highest used share of any cap, 0 to 1
---@field last_sent_at integer? milliseconds since 1970
---@field last_seen_at integer? milliseconds since 1970
---@field failures_hour integer attempts in the last 60 minutes that the gateway did not accept
---@field age_days integer? complete days since the activation; nil if that is unknown
---@field tags Texts
---@field attributes table<string, Scalar?>
---@field platform string

---One lead in one sequence, whose next step is due. Read-only.
---@class Contact
---@field id string
---@field phone string? E.164
---@field name string?
---@field sequence string the sequence's id
---@field step integer from 1
---@field device Device? the assigned device; nil if there is none, or it has left the fleet
---@field assigned_device string? the id of the assigned device, even if it has left the fleet
---@field due_at integer? milliseconds since 1970
---@field attempts integer how often this step was decided before without queueing a message; says nothing about the time passed
---@field last_device string? the id of the device that sent the last message
---@field tags Texts
---@field attributes table<string, Scalar?>
---@field messages_day integer messages to the lead, in all its sequences, sent in the last 24 hours, queued or being sent
---@field moves integer how often a policy moved the contact to another device
---@field priority 'urgent'|'normal'|'bulk' the step's; bulk contacts see devices with reduced limits

---A lead that a trigger is about to enrol. Read-only.
---@class Lead
---@field id string
---@field phone string? E.164
---@field name string?
---@field sequence string the sequence's id
---@field trigger string
---@field device Device? the lead's device; nil if there is none, or it has left the fleet
---@field assigned_device string? the id of the lead's device, even if it has left the fleet
---@field tags Texts
---@field attributes table<string, Scalar?>

---@class Filter
---@field tag? string
---@field platform? string
---@field except? Device|string

---The tenant's devices in service: `#fleet`, `fleet[i]`.
---@class Fleet
---@field [integer] Device?
---@operator len: integer
local fleet = {}

---@param id string
---@return Device?
function fleet:get(id) end

---The least loaded device of those that can accept more.
---@param filter? Filter
---@return Device?
function fleet:least_loaded(filter) end

---The first device that can accept more.
---@param filter? Filter
---@return Device?
function fleet:first_available(filter) end

---All devices that can accept more, in the order of the fleet.
---@param filter? Filter
---@return Device[]
function fleet:available(filter) end

---The k least loaded devices that can accept more, the least loaded first.
---@param k integer
---@param filter? Filter
---@return Device[]
function fleet:candidates(k, filter) end

---The device that belongs to the key, whether or not it can accept more. It stays the same when other devices join or leave.
---@param key string
---@param filter? Filter
---@return Device?
function fleet:hash(key, filter) end

---@class Policy
---@field select fun(contact: Contact, fleet: Fleet): Verdict?
---@field enroll? fun(lead: Lead, fleet: Fleet): Verdict?
---@field stalled? fun(message: any, fleet: Fleet): Verdict? accepted but not called by this version
---@field failed? fun(message: any, fleet: Fleet): Verdict? accepted but not called by this version
---@field name? string
---@field description? string
---@field params? table<string, Scalar>
---@field ranges? table<string, number[]|string[]|'time_of_day'|'weekdays'> the values that parameters may have
---@field queues_offline? boolean the policy intentionally uses devices that cannot accept more

---Queue the message on the device. The assignment does not change.
---@param device Device|string
---@param reason? string
---@return Verdict
function use(device, reason) end

---Queue the message on the device, and assign the contact to that device.
---@param device Device|string
---@param reason? string
---@return Verdict
function move(device, reason) end

---Queue nothing now. Decide again after `seconds` at the latest: a change of devices, policies, parameters or the contact ends the
---wait, and so does capacity if all devices are full. To keep a time, compare `now` with `contact.due_at`.
---@param reason? string
---@param seconds? number 0 to 31622400
---@return Verdict
function wait(reason, seconds) end

---Queue nothing now, and put the contact on the waitlist of a device, of the fleet, or of the devices that match a filter.
---Decide again when such a device has capacity, and after `seconds` at the latest.
---@param what Device|Fleet|Filter|string
---@param reason? string
---@param seconds? number 0 to 31622400; by default 86400
---@return Verdict
function wait_for(what, reason, seconds) end

---Skip this step: send no message, and continue with the next step.
---@param reason? string
---@return Verdict
function skip(reason) end

---Store a line with the decision. A decision keeps its first 16 notes, each of at most 400 bytes.
---@param value any
function note(value) end

---The decision's time: milliseconds since 1970, UTC.
---@type integer
now = nil

---The local time at `now`, in the time zone of the tenant, or of the given contact or lead. Monday is weekday 1.
---@param contact? Contact|Lead
---@return integer hour
---@return integer minute
---@return integer weekday
---@return integer day
---@return integer month
---@return integer year
function local_time(contact) end

---The policy's parameters. The tenant's values replace the defaults. A time of day is read as hours, weekdays as digits.
---@type table<string, Scalar>
params = nil

---Without arguments 0 <= x < 1; with one, 1 to n; with two, m to n. Derived from the decision's seed.
---@overload fun(): number
---@overload fun(n: integer): integer
---@param m integer
---@param n integer
---@return integer
function random(m, n) end

---@param text string
---@param prefix string
---@return boolean
function starts_with(text, prefix) end

---@param text string
---@param suffix string
---@return boolean
function ends_with(text, suffix) end

---@param text string|Texts
---@param piece string
---@return boolean
function contains(text, piece) end

---`*` matches any number of bytes, `?` one byte.
---@param text string
---@param pattern string
---@return boolean
function glob(text, pattern) end

---@param text string
---@param separator string
---@return string[]
function split(text, separator) end

---@generic T
---@param value T
---@param message? any
---@return T
function assert(value, message, ...) end

---@param message any
---@param level? integer
function error(message, level) end

---@generic T
---@param list T[]
---@return fun(list: T[], i?: integer): integer, T
---@return T[]
---@return integer
function ipairs(list) end

---Visits numbers by value, then texts by their bytes, then booleans.
---@generic K, V
---@param t table<K, V>
---@return fun(): K, V
function pairs(t) end

---Catches errors, but not the limits on instructions, memory and time.
---@param f function
---@return boolean
---@return any
function pcall(f, ...) end

---@param n integer|'#'
---@return any
function select(n, ...) end

---@param value any
---@param base? integer
---@return number?
function tonumber(value, base) end

---@param value any
---@return string
function tostring(value) end

---@param value any
---@return string
function type(value) end

---@class stringlib
---@field byte fun(s: string, i?: integer, j?: integer): integer
---@field char fun(...: integer): string
---@field format fun(format: string, ...: any): string
---@field len fun(s: string): integer
---@field lower fun(s: string): string
---@field rep fun(s: string, n: integer, separator?: string): string
---@field reverse fun(s: string): string
---@field sub fun(s: string, i: integer, j?: integer): string
---@field upper fun(s: string): string
string = {}

---@class tablelib
---@field concat fun(list: table, separator?: string, i?: integer, j?: integer): string
---@field insert fun(list: table, place: any, value?: any)
---@field move fun(a: table, first: integer, last: integer, to: integer, b?: table): table
---@field pack fun(...: any): table
---@field remove fun(list: table, place?: integer): any
---@field sort fun(list: table, less?: fun(a: any, b: any): boolean) stable
---@field unpack fun(list: table, i?: integer, j?: integer): any
table = {}

---@class mathlib
---@field abs fun(x: number): number
---@field ceil fun(x: number): integer
---@field floor fun(x: number): integer
---@field fmod fun(x: number, y: number): number
---@field max fun(x: number, ...: number): number
---@field min fun(x: number, ...: number): number
---@field modf fun(x: number): number, number
---@field sqrt fun(x: number): number
---@field tointeger fun(x: any): integer?
---@field type fun(x: any): 'integer'|'float'|nil
---@field ult fun(m: integer, n: integer): boolean
---@field huge number
---@field maxinteger integer
---@field mininteger integer
---@field pi number
math = {}
