#!/bin/bash
# Makes store.db and store.plan: make.sh USHER, where USHER is a program of version 0.1.0 (commit 30cab26, schema 5).
#
# Committed files are never made anew: they are what that version wrote. The store is repacked with pages of 1 KiB, since an
# empty one with pages of 4 KiB takes 330 kB already.
set -eu
usher=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
cp -r "$here/Rules" "$work/Rules"
cd "$work"
start=$(date -u +%s)
at() { date -u -d "@$((start + $1))" +%Y-%m-%dT%H:%M:%SZ; }
tick() { "$usher" tick --now "$(at "$1")" --suspend-after 3 ${2:-} --format json; }

leads() { # tenant, first, last, more keys
  for i in $(seq "$2" "$3"); do
    echo "{\"type\":\"lead\",\"tenant\":\"$1\",\"id\":\"L$i\",\"phone\":\"+6011100$(printf %05d $((10#$5 + i)))\",\"device\":\"D$((i % 2 + 1))\",\"triggers\":[\"NEW\"]$4}"
  done
}
tenant() { # id, policy, params
  echo "{\"type\":\"tenant\",\"id\":\"$1\",\"name\":\"$1\",\"time_zone\":\"Asia/Kuala_Lumpur\",\"policy\":$2,\"params\":$3}"
  for d in 1 2 3; do
    echo "{\"type\":\"device\",\"tenant\":\"$1\",\"id\":\"D$d\",\"status\":\"online\",\"gateway\":\"log\",\"limits\":{\"minute\":null,\"hour\":$4,\"day\":800,\"in_flight\":50}}"
  done
  echo "{\"type\":\"sequence\",\"tenant\":\"$1\",\"id\":\"welcome\",\"name\":\"Welcome\",\"trigger\":\"NEW\",\"status\":\"active\",\"steps\":[{\"delay_s\":0,\"content\":\"Hi {name|there}\"},{\"delay_s\":86400,\"content\":\"Still there?\"}]}"
}

"$usher" init >/dev/null
"$usher" policy guards set daily_limit --param limit=5 --reason fixture >/dev/null
"$usher" policy guards add first_step --reason fixture >/dev/null
{
  tenant acme '"fallback"' '{"max_wait":900}' 3
  tenant globex '"careful"' '{"grace":1200,"weight":3.0}' 80
  tenant initech '"crashy"' '{}' 80
  tenant umbrella '"unreadable"' '{}' 80
  tenant hooli '["strict","assigned"]' '{}' 80
  leads acme 1 6 '' 10000
  leads globex 1 4 ',"attributes":{"city":"Ipoh"}' 20000
  leads initech 1 4 '' 30000
  leads umbrella 1 2 '' 40000
  leads hooli 1 3 ',"tags":["later"]' 50000
} | "$usher" import - >/dev/null
tick 0
"$usher" policy guards set daily_limit --tenant hooli --param limit=2 --reason fixture >/dev/null
"$usher" policy activate --policy reassign --tenant acme --canary 50% --reason 'a canary at the upgrade' >/dev/null
"$usher" policy activate --policy least_loaded --tenant acme --shadow --reason 'a shadow at the upgrade' >/dev/null
"$usher" policy activate --policy least_loaded --tenant globex --shadow --share 50% --reason 'a shadow at the upgrade' >/dev/null
{
  leads acme 7 26 '' 10000
  leads globex 5 6 ',"attributes":{"city":"nowhere"}' 20000
  leads globex 7 8 ',"tags":["later"]' 20000
  echo '{"type":"device","tenant":"globex","id":"D2","status":"offline"}'
  leads globex 9 12 '' 20000
} | "$usher" import - >/dev/null
tick 300
tick 400 --no-send
"$usher" dry-run --policy strict --tenant hooli --at "$(at 400)" --save store.plan >/dev/null || true
"$usher" report integrity >/dev/null
"$usher" replay
"$usher" policy list
"$usher" export > store.jsonl
python3 - <<'P'
import sqlite3
db = sqlite3.connect('usher.db', isolation_level=None)
for step in ('wal_checkpoint(truncate)', 'journal_mode=delete', 'page_size=1024'): db.execute('PRAGMA ' + step).fetchall()
db.execute('VACUUM')
db.execute('PRAGMA journal_mode=wal').fetchall()
db.close()
P
cp usher.db "$here/store.db"
cp store.plan store.jsonl "$here/"
rm -r "$work"
