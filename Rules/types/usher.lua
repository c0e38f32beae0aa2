---@meta usher
-- What a policy may say and see, for the Lua language server. Not a policy: Usher never runs this file.
-- The words are explained in Docs/Policies/README.md. A test compares it with what the sandbox gives.

---@class Verdict

---A list or map of what a hook is shown: `#list`, `list[1]`, `ipairs(list)`, `contains(list, text)`.
---@alias Texts string[]
---@alias Scalar string|number|boolean

---A sending device. Read-only; a field that does not exist is an error.
---@class Device
---@field id string
---@field name string
---@field status 'online'|'offline'|'auth_failed'|'unknown'
---@field online boolean `status == 'online'`
---@field can_accept_more boolean online, not paused, below every cap with what is queued counted in
---@field sent_minute integer messages in the last 60 seconds
---@field sent_hour integer messages in the last 60 minutes
---@field sent_day integer messages in the last 24 hours
---@field queued integer messages that wait on the device
---@field in_flight integer messages being sent
---@field limit_minute integer? nil is no limit
---@field limit_hour integer? nil is no limit
---@field limit_day integer? nil is no limit
---@field limit_in_flight integer? cap of queued and in flight together; nil is no limit
---@field headroom integer how many more fit under every cap
---@field load number the fullest cap's share, 0 to 1
---@field last_sent_at integer? milliseconds since 1970
---@field last_seen_at integer? milliseconds since 1970
---@field failures_hour integer attempts that were not accepted in the last 60 minutes
---@field age_days integer? whole days since it was activated; nil where that is not known
---@field tags Texts
---@field attributes table<string, Scalar?>
---@field platform string

---The enrolment whose step is due. Read-only.
---@class Contact
---@field id string
---@field phone string? E.164
---@field name string?
---@field sequence string the sequence's id
---@field step integer from 1
---@field device Device? the assigned device, nil when none is or it has left the fleet
---@field assigned_device string? its id
---@field due_at integer? milliseconds since 1970
---@field attempts integer how often this step was decided before without a message
---@field last_device string? the device of the last message that was sent
---@field tags Texts
---@field attributes table<string, Scalar?>
---@field messages_day integer messages to the lead, of all its sequences, sent in the last 24 hours or on their way
---@field moves integer how often a policy gave the contact another device

---A lead that a trigger is about to enrol. Read-only.
---@class Lead
---@field id string
---@field phone string? E.164
---@field name string?
---@field sequence string the sequence's id
---@field trigger string
---@field device Device? the lead's device
---@field assigned_device string? its id
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

---Of those that can accept more, the least loaded.
---@param filter? Filter
---@return Device?
function fleet:least_loaded(filter) end

---The first that can accept more.
---@param filter? Filter
---@return Device?
function fleet:first_available(filter) end

---All that can accept more, in the fleet's order.
---@param filter? Filter
---@return Device[]
function fleet:available(filter) end

---The k least loaded that can accept more, least first.
---@param k integer
---@param filter? Filter
---@return Device[]
function fleet:candidates(k, filter) end

---One device for each key, able to accept or not: the same key keeps its device as others come and go.
---@param key string
---@param filter? Filter
---@return Device?
function fleet:hash(key, filter) end

---@class Policy
---@field select fun(contact: Contact, fleet: Fleet): Verdict?
---@field enroll? fun(lead: Lead, fleet: Fleet): Verdict?
---@field stalled? fun(message: any, fleet: Fleet): Verdict? accepted, and not called by this version
---@field failed? fun(message: any, fleet: Fleet): Verdict? accepted, and not called by this version
---@field name? string
---@field description? string
---@field params? table<string, Scalar>
---@field queues_offline? boolean it names devices that cannot accept more on purpose

---Queue the message on the device; the assignment stays.
---@param device Device|string
---@param reason? string
---@return Verdict
function use(device, reason) end

---Queue the message on the device, and the contact belongs to it from now on.
---@param device Device|string
---@param reason? string
---@return Verdict
function move(device, reason) end

---Nothing now; decide again after `seconds`, or earlier when a device will have room.
---@param reason? string
---@param seconds? number 0 to 31622400
---@return Verdict
function wait(reason, seconds) end

---Leave this step out.
---@param reason? string
---@return Verdict
function skip(reason) end

---Keep a line with the decision: the first 16, of at most 400 bytes.
---@param value any
function note(value) end

---The decision's time: milliseconds since 1970, UTC.
---@type integer
now = nil

---What clocks show at `now`: hour, minute, weekday (Monday is 1), day, month, year. Of the tenant's zone, or the contact's.
---@param contact? Contact|Lead
---@return integer hour
---@return integer minute
---@return integer weekday
---@return integer day
---@return integer month
---@return integer year
function local_time(contact) end

---The policy's parameters, with the tenant's on top.
---@type table<string, Scalar>
params = nil

---0 <= x < 1; with one number 1 to n; with two m to n. Seeded for each decision.
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

---`*` is any run of bytes, `?` one byte.
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

---Numbers by value, then text by its bytes, then booleans.
---@generic K, V
---@param t table<K, V>
---@return fun(): K, V
function pairs(t) end

---Catches errors, and none of the limits.
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
