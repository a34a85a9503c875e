-- The transition of `record.exchange`, with `pace` and `dealing`, on the server and on its clock; the names and
-- the order are those of the Python modules, and a test compares the two.
--
-- Numbers are doubles, so whole milliseconds are exact, also on a clock that is a thousand times faster.
-- The record is kept with cmsgpack, since cjson writes no more than 14 digits of a number and the moments of a fast
-- clock have more; requests and replies hold durations only and are JSON. Empty lists and empty tables are the same
-- thing here: the reader of a reply minds that.
--
-- KEYS[1]: the record. ARGV: the request, ms of the clock per real one, real ms until an unused record goes, and
-- "1" if the server did not know this script.

local floor, ceil, min, max, huge = math.floor, math.ceil, math.min, math.max, math.huge

local MARGIN, LOG, LOOK, LATE, BEAT, RETRY = 2, 2000, 1000, 1000, 10000, 5000
local MISSED = BEAT + LATE
local LEARN, KEEP = MISSED - 1, MISSED + RETRY + 2000
local LAST = 20
local MAX_HOLD, FIRST_HOLD, SPACED, CUT_PAUSE, GROWTH = 900000, 30000, 1800000, 30000, 120000
local LONGEST_WINDOW = 86400000
local WANTED = "?"

-- dealing.py: who gets the next slot -----------------------------------------------------------------------------

local function lane_of(wants, free)
    for _, lane in ipairs(wants) do
        if lane[1] > 0 and free > lane[2] then
            return lane
        end
    end
end

-- Gives the next moment and taker each time it is called.
local function dealt(members, used, limit, start, gap)
    local wants, share = {}, {}
    for name, member in pairs(members) do
        share[name] = 0
        wants[name] = {}
        for place, lane in ipairs(member.wants) do
            wants[name][place] = { lane[1], lane[2] }
        end
    end
    for _, slot in ipairs(used) do
        if share[slot[2]] then
            share[slot[2]] = share[slot[2]] + 1
        end
    end
    local free, ahead, returned = limit - #used, start, 0
    return function()
        while true do
            while returned < #used and used[returned + 1][1] <= ahead do
                returned = returned + 1
                local owner = used[returned][2]
                if share[owner] then
                    share[owner] = share[owner] - 1
                end
                free = free + 1
            end
            local taker, lane
            for name, lanes in pairs(wants) do
                local found = lane_of(lanes, free)
                if found then
                    local since, best = members[name].since, taker and members[taker].since
                    if
                        not taker
                        or share[name] < share[taker]
                        or share[name] == share[taker] and (since < best or since == best and name < taker)
                    then
                        taker, lane = name, found
                    end
                end
            end
            if taker then
                local moment = ahead
                lane[1] = lane[1] - 1
                share[taker] = share[taker] + 1
                free = free - 1
                ahead = ahead + gap
                return moment, taker
            end
            if returned == #used then
                return nil
            end
            ahead = max(ahead, used[returned + 1][1])
        end
    end
end

local function waiting(member)
    local count = 0
    for _, lane in ipairs(member.wants) do
        count = count + lane[1]
    end
    return count
end

local function deal(members, process, used, limit, now, start, gap, batch)
    if waiting(members[process]) == 0 then
        return 0, huge
    end
    local granted, vacant = 0, huge
    for moment, taker in dealt(members, used, limit, max(now, start), gap) do
        if taker == process then
            if moment > now or granted == batch then
                return granted, min(moment, vacant)
            end
            granted = granted + 1
        elseif moment == now then
            vacant = min(vacant, members[taker].due + LATE)
        end
    end
    return granted, vacant
end

local function take(wants, count)
    for _, lane in ipairs(wants) do
        local taken = min(lane[1], count)
        lane[1] = lane[1] - taken
        count = count - taken
    end
end

-- standby.py: what a process may use that does not reach the server ----------------------------------------------

local function is_late(member, now)
    return member.due + LATE <= now
end

local function after_absence(members, opens, now)
    local count, learning = 0, false
    for _, member in pairs(members) do
        if not is_late(member, now) then
            return false
        end
        count = count + 1
        learning = learning or member.due - BEAT < opens
    end
    for _, member in pairs(members) do
        member.wants, member.standby, member.due = {}, {}, now + RETRY
        for place = 1, member.part do
            member.standby[place] = now
        end
    end
    return learning or count > 1
end

local function in_order(one, other)
    for place = 1, 3 do
        if one[place] ~= other[place] then
            return one[place] < other[place]
        end
    end
    return false
end

local function hold_back(used, members, process, now, surely)
    local claims = {}
    for name, member in pairs(members) do
        if name ~= process then
            local till = member.due + ((surely or is_late(member, now)) and KEEP or LATE)
            for _, moment in ipairs(member.standby) do
                claims[#claims + 1] = { moment, till, name }
            end
        end
    end
    table.sort(claims, in_order)
    local held, before, seen = {}, {}, 0
    for _, claim in ipairs(claims) do
        while seen < #used and used[seen + 1][1] <= claim[1] do
            seen = seen + 1
            before[#before + 1] = used[seen]
        end
        local slot = table.remove(before)
        held[#held + 1] = { max(claim[2], slot and slot[1] or now), claim[3], 0 }
    end
    for place = seen + 1, #used do
        before[#before + 1] = used[place]
    end
    for _, slot in ipairs(held) do
        before[#before + 1] = slot
    end
    return before
end

local function claimed(members, process, now)
    local count = 0
    for name, member in pairs(members) do
        for _, moment in ipairs(name ~= process and member.standby or {}) do
            count = count + (moment <= now and 1 or 0)
        end
    end
    return count
end

local function takers(members, process, now)
    local found = {}
    for name, member in pairs(members) do
        if name == process then
            found[name] = member
        elseif not is_late(member, now) then
            local wants = {}
            for place, lane in ipairs(member.wants) do
                wants[place] = { lane[1], lane[2] }
            end
            take(wants, #member.standby)
            found[name] = { wants = wants, due = member.due, since = member.since }
        end
    end
    return found
end

local function part_of(members, process, now, limit)
    local count, parts = 1, 0
    for name, member in pairs(members) do
        if name ~= process then
            parts = parts + member.part
            count = count + (is_late(member, now) and 0 or 1)
        end
    end
    local left = max(0, limit - parts)
    return min(max(1, floor(limit / (count + 1))), left - floor(left / 2))
end

local function kept(told, before, granted)
    local list = {}
    table.sort(before)
    for place = 1, max(#told, #before - granted) do
        list[place] = min(told[place] or huge, before[place + granted] or huge)
    end
    return list
end

local function standby_of(members, process, used, limit, now, start, gap)
    local own, count, busy, spare, left = members[process], 1, false, 0, floor(limit / 3)
    local fair, most = left, nil
    for name, member in pairs(members) do
        left = left - (name ~= process and #member.standby or 0)
        if name ~= process and not is_late(member, now) then
            count = count + 1
            if waiting(member) > 0 then
                busy = true
            else
                spare = spare + #member.standby
            end
        end
    end
    fair = floor(fair / (count + 1))
    if waiting(own) > 0 then
        most = min(waiting(own), max(1, fair))
    else
        most = busy and 0 or min(max(1, fair), floor((limit - #used) / 2))
        if spare < floor(limit / LAST) then
            most = max(1, most)
        end
    end
    local asking, moments = takers(members, process, now), {}
    most = max(0, min(most, left, own.part))
    if waiting(own) == 0 then
        asking[process] = { wants = { { most, 0 } }, due = own.due, since = own.since }
    end
    for moment, taker in dealt(asking, used, limit, start, gap) do
        if moment > now + KEEP or #moments == most then
            break
        end
        if taker == process then
            moments[#moments + 1] = moment
        end
    end
    return moments
end

-- pace.py: `pace` is the state with the rule added, as `rule_limit` and `rule_window` -----------------------------

local FRESH_PACE = {
    hold_until = 0,
    reason = "",
    probe = "",
    probe_until = 0,
    tries = 0,
    space = 0,
    spaced_until = 0,
    next_ok = 0,
    cut = 0,
    cut_at = 0,
    quiet_since = 0,
    left = -1,
    left_until = 0,
    told_limit = 0,
    told_window = 0,
    refused = 0,
    unexplained = 0,
}
local MOMENTS = { "hold_until", "probe_until", "spaced_until", "next_ok", "cut_at", "quiet_since", "left_until" }

-- JSON's null, and what is not there.
local function given(value)
    return value ~= nil and value ~= cjson.null
end

local function limit_of(pace)
    return pace.told_limit ~= 0 and pace.told_limit or pace.rule_limit
end

local function window_of(pace)
    return pace.told_window ~= 0 and pace.told_window or pace.rule_window
end

local function slack_of(pace)
    return min(2000, floor(window_of(pace) / 10))
end

local function gap_of(pace, now)
    if not pace.smooth and now >= pace.spaced_until then
        return 0
    end
    return ceil((window_of(pace) + slack_of(pace)) / max(1, limit_of(pace) - 1))
end

-- What has grown since the last refusal is added to the cut, in thousandths.
local function grown_cut(pace, now)
    return pace.cut + floor(max(0, now - pace.quiet_since) / GROWTH) * 1000
end

local function allowed(pace, now)
    if pace.cut == 0 then
        return limit_of(pace)
    end
    return min(limit_of(pace), floor(grown_cut(pace, now) / 1000))
end

local function opens_at(pace, now)
    local opens = max(now, pace.hold_until)
    if pace.probe ~= "" and pace.probe ~= WANTED then
        opens = max(opens, pace.probe_until)
    end
    if gap_of(pace, opens) > 0 then
        opens = max(opens, pace.next_ok)
    end
    if pace.left == 0 then
        opens = max(opens, pace.left_until)
    end
    return opens
end

local function pace_granted(pace, now, key, deadline)
    if pace.probe ~= "" then
        pace.probe, pace.probe_until = key, deadline
    end
    local gap = gap_of(pace, now)
    if gap > 0 then
        pace.next_ok = now + gap
    end
    if pace.left > 0 then
        pace.left = pace.left - 1
    end
end

local function pace_hold(pace, till, reason)
    if till > pace.hold_until then
        pace.hold_until, pace.reason = till, reason
    end
end

local function pace_answered(pace, now, key)
    if key ~= pace.probe then
        return
    end
    pace.probe, pace.tries = "", 0
    if pace.space ~= 0 then
        pace.space, pace.spaced_until = 0, now + SPACED
        pace.next_ok = max(pace.next_ok, now + gap_of(pace, now))
    end
end

local function pace_missing(pace, key)
    if key == pace.probe then
        pace.probe = WANTED
    end
end

local function pace_unavailable(pace, now, key, retry_after, reason)
    if key == pace.probe then
        pace.tries = min(pace.tries + 1, 10)
    end
    if not given(retry_after) then
        retry_after = min(FIRST_HOLD * 2 ^ pace.tries, max(1000, window_of(pace)))
    end
    pace_hold(pace, now + min(max(retry_after, 1000), MAX_HOLD), reason)
    pace.probe = WANTED
end

local function pace_refuse(pace, now, key, retry_after, used)
    pace.refused = pace.refused + 1
    if pace.cut ~= 0 then
        local grown = grown_cut(pace, now)
        pace.cut = grown < limit_of(pace) * 1000 and grown or 0
    end
    pace.quiet_since = now
    pace.space = 1
    if used < limit_of(pace) then
        pace.unexplained = pace.unexplained + 1
        if pace.cut == 0 or now - pace.cut_at >= CUT_PAUSE then
            local full = pace.cut ~= 0 and pace.cut or limit_of(pace) * 1000
            pace.cut, pace.cut_at = max(min(2, limit_of(pace)) * 1000, floor(full * 7 / 10)), now
        end
    end
    pace_unavailable(pace, now, key, retry_after, "too many requests")
end

local function pace_announced(pace, now, leased, limit, window, remaining, reset)
    local before = window_of(pace)
    if given(limit) and limit > 0 then
        window = min(given(window) and window ~= 0 and window or pace.rule_window, LONGEST_WINDOW)
        pace.told_limit, pace.told_window = 0, 0
        if limit * pace.rule_window < pace.rule_limit * window then
            pace.told_limit = min(limit, pace.rule_limit)
            pace.told_window = max(pace.rule_window, ceil(window * pace.told_limit / limit))
        end
    end
    if given(remaining) then
        pace.left = max(0, remaining - leased)
        local ahead = given(reset) and reset or window_of(pace)
        pace.left_until = now + min(ahead, max(window_of(pace), MAX_HOLD))
    end
    return max(0, window_of(pace) - before)
end

local function pace_tame(pace, now, lease)
    local reach = {
        hold_until = MAX_HOLD,
        probe_until = lease,
        spaced_until = max(SPACED, window_of(pace)),
        next_ok = window_of(pace) + slack_of(pace),
        left_until = max(window_of(pace), MAX_HOLD),
    }
    local tamed = false
    for _, name in ipairs(MOMENTS) do
        local latest = now + (reach[name] or 0)
        if pace[name] > latest then
            pace[name], tamed = latest, true
        end
    end
    return tamed
end

local function sound_pace(state)
    if type(state) ~= "table" then
        return false
    end
    for name, value in pairs(FRESH_PACE) do
        if type(state[name]) ~= type(value) then
            return false
        end
    end
    for name in pairs(state) do
        if FRESH_PACE[name] == nil then
            return false
        end
    end
    return true
end

local function shifted(pace, by)
    local state = {}
    for name in pairs(FRESH_PACE) do
        state[name] = pace[name]
    end
    for _, name in ipairs(MOMENTS) do
        state[name] = state[name] + by
    end
    return state
end

-- record.py ------------------------------------------------------------------------------------------------------

local function owner_of(id)
    return string.match(id, "^(.*)%.[^.]*$") or ""
end

local function is_table_of(value, sound)
    if type(value) ~= "table" then
        return false
    end
    for _, part in pairs(value) do
        if not sound(part) then
            return false
        end
    end
    return true
end

local function is_pair(value)
    return type(value) == "table" and type(value[1]) == "number" and type(value[2]) == "number"
end

local function is_number(value)
    return type(value) == "number"
end

local function is_member(value)
    return type(value) == "table"
        and type(value.due) == "number"
        and type(value.since) == "number"
        and is_table_of(value.standby, is_number)
        and type(value.part) == "number"
        and is_table_of(value.wants, is_pair)
end

local function is_sound(record)
    return type(record) == "table"
        and record.version == 2
        and type(record.epoch) == "string"
        and type(record.reach) == "number"
        and type(record.opens) == "number"
        and is_table_of(record.entries, is_pair)
        and is_table_of(record.members, is_member)
        and sound_pace(record.pace)
end

local function new_record(now, request)
    local pace = shifted(FRESH_PACE, 0)
    -- Nobody can know here that no slot was used before, so a new state always learns.
    return {
        version = 2,
        epoch = request.fresh,
        reach = 0,
        opens = now + LEARN,
        entries = {},
        members = {},
        pace = pace,
    }
end

local function tame(record, pace, now)
    local reach, wrong = now + record.reach, pace_tame(pace, now, record.reach)
    for _, entry in pairs(record.entries) do
        if entry[1] > reach then
            entry[1], wrong = reach, true
        end
    end
    for _, member in pairs(record.members) do
        member.due, member.since = min(member.due, now + BEAT), min(member.since, now)
        for place, moment in ipairs(member.standby) do
            member.standby[place] = min(moment, now + KEEP)
        end
    end
    if record.opens > now + LEARN then
        record.opens, wrong = now + LEARN, true
    end
    return wrong
end

local function bury(record, pace, now, request)
    for _, process in ipairs(request.dead) do
        record.members[process] = nil
        for id, entry in pairs(record.entries) do
            if entry[2] == 1 and owner_of(id) == process then
                entry[1], entry[2] = min(entry[1], now + window_of(pace) + request.grace + MARGIN), 0
            end
        end
        if owner_of(pace.probe) == process then
            pace_missing(pace, pace.probe)
        end
    end
end

local function end_slots(entries, pace, now, request)
    for _, told in ipairs(request.ended) do
        local number, outcome, ago, wait = unpack(told)
        local id, moment = request.process .. "." .. number, now - ago
        local entry = entries[id]
        if outcome == "UNUSED" then
            entries[id] = nil
            pace_missing(pace, id)
        else
            local more = outcome == "UNKNOWN" and request.grace or 0
            entries[id] = { moment + window_of(pace) + more + MARGIN, 0 }
            if wait < 0 then
                wait = nil
            end
            -- Else it was told before.
            if not entry or entry[2] == 1 then
                if outcome == "UNKNOWN" then
                    pace_missing(pace, id)
                elseif outcome == "ANSWERED" then
                    pace_answered(pace, moment, id)
                elseif outcome == "UNAVAILABLE" then
                    pace_unavailable(pace, moment, id, wait, "unavailable")
                else
                    local logged = 0
                    for _, used in pairs(entries) do
                        if used[1] + slack_of(pace) > moment then
                            logged = logged + 1
                        end
                    end
                    pace_refuse(pace, moment, id, wait, logged)
                end
            end
        end
    end
end

local function announce(record, pace, now, request)
    local entries = record.entries
    for _, announced in ipairs(request.announced) do
        local ago, told, leased = announced[1], announced[2], 0
        for _, entry in pairs(entries) do
            leased = leased + entry[2]
        end
        local longer =
            pace_announced(pace, now - ago, leased, told.limit, told.window, told.remaining, told.reset)
        record.reach = max(record.reach, request.lease + window_of(pace) + request.grace + MARGIN)
        for _, entry in pairs(entries) do
            entry[1] = max(entry[1], min(entry[1] + longer, now + record.reach))
        end
    end
end

local function used_slots(record, pace, now, process, surely)
    local used = {}
    for id, entry in pairs(record.entries) do
        if entry[1] > now then
            used[#used + 1] = { entry[1], owner_of(id), entry[2] }
        end
    end
    table.sort(used, in_order)
    local limit = allowed(pace, now)
    if pace.left >= 0 and now < pace.left_until then
        limit = min(limit, #used + pace.left)
    end
    local slots, soon = hold_back(used, record.members, process, now, surely), now + window_of(pace) + MARGIN
    for place, slot in ipairs(slots) do
        slots[place] = { slot[3] == 1 and not surely and min(slot[1], soon) or slot[1], slot[2], 0 }
    end
    table.sort(slots, in_order)
    return slots, limit
end

local function deal_slots(record, pace, now, request)
    local used, limit = used_slots(record, pace, now, request.process, false)
    local start = max(opens_at(pace, now), record.opens)
    local gap = pace.probe ~= "" and LOOK or gap_of(pace, now)
    local asking = takers(record.members, request.process, now)
    local granted, again = deal(asking, request.process, used, limit, now, start, gap, request.batch)
    return granted, min(again, now + BEAT)
end

local function standby_slots(record, pace, now, process)
    if pace.probe ~= "" or record.opens > now then
        return {}
    end
    local used, limit = used_slots(record, pace, now, process, true)
    return standby_of(record.members, process, used, limit, now, opens_at(pace, now), gap_of(pace, now))
end

local function exchange(record, now, request, fault)
    local pace = record.pace
    pace.rule_limit, pace.rule_window, pace.smooth = request.limit, request.window, request.smooth
    record.reach = max(record.reach, request.lease + window_of(pace) + request.grace + MARGIN)
    if request.member and tame(record, pace, now) then
        fault = "future"
    end
    if fault ~= "" then
        pace.spaced_until = max(pace.spaced_until, now + window_of(pace))
        pace.next_ok = now + gap_of(pace, now)
    end
    if request.epoch ~= "" and request.epoch ~= record.epoch then
        record.opens = now + LEARN
    end
    local entries, members, process = record.entries, record.members, request.process
    bury(record, pace, now, request)
    if request.member and after_absence(members, record.opens, now) then
        record.opens = now + LEARN
    end
    for _, slot in ipairs(request.restore) do
        local id = process .. "." .. slot[1]
        local entry = entries[id] or { 0, slot[3] }
        entry[1] = max(entry[1], now + slot[2])
        entries[id] = entry
    end
    end_slots(entries, pace, now, request)
    announce(record, pace, now, request)
    for _, hold in ipairs(request.holds) do
        pace_hold(pace, now + min(hold[1], MAX_HOLD), hold[2])
    end
    for id, entry in pairs(entries) do
        if entry[1] + LOG <= now then
            entries[id] = nil
        end
    end

    local before = members[process]
    members[process] = nil
    for name, member in pairs(members) do
        if member.due + KEEP <= now then
            members[name] = nil
        end
    end
    local granted, again, ready, share = 0, now + BEAT, {}, 0
    if request.member then
        local since = before and waiting(before) > 0 and before.since or now
        local wants = {}
        for place, lane in ipairs(request.wants) do
            wants[place] = { min(lane[1], request.limit), lane[2] }
        end
        share = part_of(members, process, now, allowed(pace, now))
        if record.opens > now and request.part > 0 then
            share = min(share, request.part)
        end
        local member = { wants = wants, due = again, since = since, standby = {}, part = share }
        members[process] = member
        granted, again = deal_slots(record, pace, now, request)
        for number = request.first, request.first + granted - 1 do
            local id = process .. "." .. number
            entries[id] = { now + request.lease + window_of(pace) + MARGIN, 1 }
            pace_granted(pace, now, id, now + request.lease)
        end
        if pace.probe ~= "" and waiting(member) > 0 then
            again = min(again, now + LOOK)
        end
        again = min(again, now + BEAT)
        member.due = again
        if granted > 0 then
            member.since = now
            take(wants, granted)
        end
        ready = standby_slots(record, pace, now, process)
        for place, wait in ipairs(request.standby) do
            request.standby[place] = now + wait
        end
        member.standby = kept(ready, request.standby, granted)
        member.part = max(share, request.part)
    end
    record.pace = shifted(pace, 0)
    for place, moment in ipairs(ready) do
        ready[place] = moment - now
    end
    local waits, leased, count = {}, 0, 0
    for _, entry in pairs(entries) do
        if entry[1] > now then
            waits[#waits + 1] = entry[1] - now
            leased = leased + entry[2]
        end
    end
    table.sort(waits)
    for _, member in pairs(members) do
        count = count + (is_late(member, now) and 0 or 1)
    end
    return {
        epoch = record.epoch,
        granted = granted,
        waits = waits,
        leased = leased,
        next = again - now,
        members = count,
        opens = max(0, record.opens - now),
        pace = shifted(pace, -now),
        standby = ready,
        part = share,
        others = claimed(members, process, now),
        fault = fault,
    }
end

-- The store ------------------------------------------------------------------------------------------------------

local request, speed, forgot, kept = cjson.decode(ARGV[1]), tonumber(ARGV[2]), ARGV[4], ARGV[3]
local time = redis.call("TIME")
local now = floor((time[1] * 1000 + time[2] / 1000) * speed)
local stored, fault, record = redis.call("GET", KEYS[1]), "", nil
if stored then
    local read, found = pcall(cmsgpack.unpack, stored)
    if read and is_sound(found) then
        record = found
    else
        fault = "damaged"
    end
end
if not record then
    record = new_record(now, request)
elseif forgot == "1" then
    -- A server that was started anew or took over from another one may have an old state: all that take part
    -- say again what they use.
    record.epoch, record.opens = request.fresh, now + LEARN
end
local tells = #request.ended + #request.announced + #request.restore + #request.holds > 0
-- Once the script is known again, nobody else will say that it was forgotten.
local only_looks = not (stored and forgot == "1") and not (request.member or tells or record.members[request.process])
local reply = cjson.encode(exchange(record, now, request, fault))
if not only_looks then
    redis.call("SET", KEYS[1], cmsgpack.pack(record), "PX", kept)
end
return reply
