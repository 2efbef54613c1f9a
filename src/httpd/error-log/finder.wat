;; Finds the candidate lines of an error log, sixteen bytes at a time. finder.ts fills the tables and reads the results;
;; generate-finder.ts assembles this text. The plain finder in TypeScript does the same slowly, and a test compares the two.
;;
;; Memory:
;;      0  bitmap of known codes (bit 957 for AH00957), 2048 bytes
;;   2048  fingerprint tables: for each of four bytes in a row, by low and by high half byte, which buckets have it (8 x 16 bytes)
;;   2304  for each of eight buckets, where its words begin (8 x 4 bytes)
;;   2400  scratch (16 bytes)
;;   4096  words: fingerprint, its distance from the word's begin, length, bytes; a length of 0 ends a bucket
;; The results are triples of begin, end and number of line feeds before, from $results on.
(module
  (import "finder" "memory" (memory 1))
  (import "finder" "results" (global $results i32))
  (global $newlines (export "newlines") (mut i32) (i32.const 0))

  ;; `AH` and four to six digits of a known code.
  (func $isCode (param $at i32) (param $end i32) (result i32)
    (local $value i32) (local $digit i32) (local $index i32)
    (local.set $index (i32.add (local.get $at) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $index) (local.get $end)))
        (br_if $done (i32.ge_u (i32.sub (local.get $index) (local.get $at)) (i32.const 8)))
        (local.set $digit (i32.sub (i32.load8_u (local.get $index)) (i32.const 48)))
        (br_if $done (i32.gt_u (local.get $digit) (i32.const 9)))
        (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (local.get $digit)))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (if (i32.lt_u (i32.sub (local.get $index) (local.get $at)) (i32.const 6)) (then (return (i32.const 0))))
    (if (i32.ge_u (local.get $value) (i32.const 16384)) (then (return (i32.const 0))))
    (i32.and
      (i32.shr_u (i32.load8_u (i32.shr_u (local.get $value) (i32.const 3))) (i32.and (local.get $value) (i32.const 7)))
      (i32.const 1)))

  ;; Is one of these buckets' words there? $at is where its fingerprint was seen.
  (func $verify (param $at i32) (param $buckets i32) (param $start i32) (param $end i32) (result i32)
    (local $word i32) (local $length i32) (local $begin i32) (local $index i32)
    ;; Bucket 0 holds the codes.
    (if (i32.and (local.get $buckets) (i32.const 1))
      (then
        (if (call $isCode (local.get $at) (local.get $end)) (then (return (i32.const 1))))
        (local.set $buckets (i32.and (local.get $buckets) (i32.const 254)))))
    (block $none
      (loop $bucket
        (br_if $none (i32.eqz (local.get $buckets)))
        (local.set $word (i32.load offset=2304 (i32.shl (i32.ctz (local.get $buckets)) (i32.const 2))))
        (local.set $buckets (i32.and (local.get $buckets) (i32.sub (local.get $buckets) (i32.const 1))))
        (loop $words
          (local.set $length (i32.load8_u offset=5 (local.get $word)))
          (br_if $bucket (i32.eqz (local.get $length)))
          (local.set $begin (i32.sub (local.get $at) (i32.load8_u offset=4 (local.get $word))))
          (if
            (i32.and
              (i32.eq (i32.load (local.get $word)) (i32.load (local.get $at)))
              (i32.and
                (i32.ge_s (local.get $begin) (local.get $start))
                (i32.le_u (i32.add (local.get $begin) (local.get $length)) (local.get $end))))
            (then
              (local.set $index (i32.const 0))
              (block $differs
                (loop $bytes
                  (br_if $differs
                    (i32.ne
                      (i32.load8_u (i32.add (local.get $begin) (local.get $index)))
                      (i32.load8_u offset=6 (i32.add (local.get $word) (local.get $index)))))
                  (local.set $index (i32.add (local.get $index) (i32.const 1)))
                  (br_if $bytes (i32.lt_u (local.get $index) (local.get $length))))
                (return (i32.const 1)))))
          (local.set $word (i32.add (local.get $word) (i32.add (local.get $length) (i32.const 6))))
          (br $words))))
    (i32.const 0))

  ;; Any code or word anywhere in the line: four bytes in a row are looked up by their halves (the way of "Teddy" in Hyperscan).
  (func $search (param $start i32) (param $end i32) (result i32)
    (local $at i32) (local $mask i32) (local $place i32)
    (local $low v128) (local $v v128) (local $buckets v128)
    (local.set $low (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15))
    (local.set $at (local.get $start))
    (block $none
      (loop $next
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $v (v128.load (local.get $at)))
        (local.set $buckets
          (v128.and
            (i8x16.swizzle (v128.load offset=2048 (i32.const 0)) (v128.and (local.get $v) (local.get $low)))
            (i8x16.swizzle (v128.load offset=2064 (i32.const 0)) (i8x16.shr_u (local.get $v) (i32.const 4)))))
        (local.set $v (v128.load offset=1 (local.get $at)))
        (local.set $buckets
          (v128.and
            (local.get $buckets)
            (v128.and
              (i8x16.swizzle (v128.load offset=2080 (i32.const 0)) (v128.and (local.get $v) (local.get $low)))
              (i8x16.swizzle (v128.load offset=2096 (i32.const 0)) (i8x16.shr_u (local.get $v) (i32.const 4))))))
        (local.set $v (v128.load offset=2 (local.get $at)))
        (local.set $buckets
          (v128.and
            (local.get $buckets)
            (v128.and
              (i8x16.swizzle (v128.load offset=2112 (i32.const 0)) (v128.and (local.get $v) (local.get $low)))
              (i8x16.swizzle (v128.load offset=2128 (i32.const 0)) (i8x16.shr_u (local.get $v) (i32.const 4))))))
        (local.set $v (v128.load offset=3 (local.get $at)))
        (local.set $buckets
          (v128.and
            (local.get $buckets)
            (v128.and
              (i8x16.swizzle (v128.load offset=2144 (i32.const 0)) (v128.and (local.get $v) (local.get $low)))
              (i8x16.swizzle (v128.load offset=2160 (i32.const 0)) (i8x16.shr_u (local.get $v) (i32.const 4))))))
        (if (v128.any_true (local.get $buckets))
          (then
            (v128.store offset=2400 (i32.const 0) (local.get $buckets))
            (local.set $mask
              (i8x16.bitmask (i8x16.ne (local.get $buckets) (v128.const i64x2 0 0))))
            (block $checked
              (loop $places
                (br_if $checked (i32.eqz (local.get $mask)))
                (local.set $place (i32.ctz (local.get $mask)))
                (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
                (if
                  (call $verify
                    (i32.add (local.get $at) (local.get $place))
                    (i32.load8_u offset=2400 (local.get $place))
                    (local.get $start)
                    (local.get $end))
                  (then (return (i32.const 1))))
                (br $places)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.const 0))

  ;; A line of core, mod_ssl and the like, whose head was read: its first code decides. Without a code there are two to be known.
  (func $searchHeaded (param $start i32) (param $end i32) (result i32)
    (local $at i32) (local $mask i32) (local $place i32) (local $letters i32) (local $after i32)
    (local $v v128) (local $w v128)
    (local.set $at (local.get $start))
    (block $none
      (loop $next
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $v (v128.load (local.get $at)))
        (local.set $w (v128.load offset=1 (local.get $at)))
        (local.set $mask
          (i8x16.bitmask
            (v128.or
              (v128.and
                (i8x16.eq (local.get $v) (v128.const i8x16 65 65 65 65 65 65 65 65 65 65 65 65 65 65 65 65))
                (i8x16.eq (local.get $w) (v128.const i8x16 72 72 72 72 72 72 72 72 72 72 72 72 72 72 72 72)))
              (v128.or
                (v128.and
                  (i8x16.eq (local.get $v) (v128.const i8x16 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41))
                  (i8x16.eq (local.get $w) (v128.const i8x16 84 84 84 84 84 84 84 84 84 84 84 84 84 84 84 84)))
                (v128.and
                  (i8x16.eq (local.get $v) (v128.const i8x16 83 83 83 83 83 83 83 83 83 83 83 83 83 83 83 83))
                  (i8x16.eq (local.get $w) (v128.const i8x16 76 76 76 76 76 76 76 76 76 76 76 76 76 76 76 76)))))))
        (block $checked
          (loop $places
            (br_if $checked (i32.eqz (local.get $mask)))
            (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $mask))))
            (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
            (br_if $none (i32.ge_u (i32.add (local.get $place) (i32.const 6)) (local.get $end)))
            (local.set $letters (i32.load offset=1 (local.get $place)))
            (if (i32.eq (i32.load8_u (local.get $place)) (i32.const 65))
              (then
                ;; The first thing that has the form of a code decides: four to six digits and a colon.
                (local.set $after (i32.add (local.get $place) (i32.const 2)))
                (block $digits
                  (loop $digit
                    (br_if $digits (i32.ge_u (local.get $after) (local.get $end)))
                    (br_if $digits
                      (i32.ge_u (i32.sub (i32.load8_u (local.get $after)) (i32.const 48)) (i32.const 10)))
                    (local.set $after (i32.add (local.get $after) (i32.const 1)))
                    (br $digit)))
                (if
                  (i32.and
                    (i32.eq (i32.load8_u (local.get $after)) (i32.const 58))
                    (i32.lt_u (i32.sub (i32.sub (local.get $after) (local.get $place)) (i32.const 6)) (i32.const 3)))
                  (then (return (call $isCode (local.get $place) (local.get $end))))))
              (else
                ;; `)Too …` of `(24)Too many open files`, `SL L` or `SL l` of `SSL Library Error`
                (if (i32.eq (local.get $letters) (i32.const 0x206f6f54)) (then (return (i32.const 1))))
                (if
                  (i32.eq
                    (i32.or (i32.and (local.get $letters) (i32.const 0xffffff)) (i32.const 0x200000))
                    (i32.const 0x6c204c))
                  (then (return (i32.const 1))))))
            (br $places)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.const 0))

  ;; The first four letters of a level.
  (func $isLevel (param $name i32) (result i32)
    (i32.or
      (i32.or
        (i32.or (i32.eq (local.get $name) (i32.const 0x6f727265)) (i32.eq (local.get $name) (i32.const 0x69746f6e)))
        (i32.or (i32.eq (local.get $name) (i32.const 0x6e726177)) (i32.eq (local.get $name) (i32.const 0x6f666e69))))
      (i32.or
        (i32.or (i32.eq (local.get $name) (i32.const 0x75626564)) (i32.eq (local.get $name) (i32.const 0x63617274)))
        (i32.or
          (i32.eq (local.get $name) (i32.const 0x74697263))
          (i32.or (i32.eq (local.get $name) (i32.const 0x72656c61)) (i32.eq (local.get $name) (i32.const 0x72656d65)))))))

  ;; Is the line a candidate? Where httpd 2.4's own head names the module, that mostly decides it; else the whole line is searched.
  (func $classify (param $start i32) (param $end i32) (result i32)
    (local $module i32) (local $name i32) (local $colons i32) (local $closes i32) (local $v v128)
    (if
      (i32.or
        (i32.or
          (i32.ne (i32.load8_u (local.get $start)) (i32.const 91))
          (i32.ne (i32.load8_u offset=4 (local.get $start)) (i32.const 32)))
        (i32.or
          (i32.ne (i32.load8_u offset=8 (local.get $start)) (i32.const 32))
          (i32.ne (i32.load8_u offset=14 (local.get $start)) (i32.const 58))))
      (then (return (call $search (local.get $start) (local.get $end)))))
    ;; `[Sun Nov 22 06:41:05.776055 2026] [` or, without fractions, `[Sun Nov 22 06:41:05 2026] [`
    (if (i32.lt_u (i32.sub (local.get $end) (local.get $start)) (i32.const 52))
      (then (return (call $search (local.get $start) (local.get $end)))))
    (if (i32.eq (i32.and (i32.load offset=32 (local.get $start)) (i32.const 0xffffff)) (i32.const 0x5b205d))
      (then (local.set $module (i32.add (local.get $start) (i32.const 35))))
      (else
        (if (i32.eq (i32.and (i32.load offset=25 (local.get $start)) (i32.const 0xffffff)) (i32.const 0x5b205d))
          (then (local.set $module (i32.add (local.get $start) (i32.const 28))))
          (else (return (call $search (local.get $start) (local.get $end)))))))
    (local.set $v (v128.load (local.get $module)))
    (local.set $colons (i8x16.bitmask (i8x16.eq (local.get $v) (v128.const i8x16 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58))))
    (local.set $closes (i8x16.bitmask (i8x16.eq (local.get $v) (v128.const i8x16 93 93 93 93 93 93 93 93 93 93 93 93 93 93 93 93))))
    ;; No module (`[error]`), one with a long name, or something else with a colon in it.
    (if
      (i32.or
        (i32.eqz (local.get $colons))
        (i32.gt_u (i32.ctz (local.get $colons)) (i32.ctz (local.get $closes))))
      (then (return (call $search (local.get $start) (local.get $end)))))
    (if
      (i32.eqz (call $isLevel (i32.load offset=1 (i32.add (local.get $module) (i32.ctz (local.get $colons))))))
      (then (return (call $search (local.get $start) (local.get $end)))))
    (local.set $name (i32.load (local.get $module)))
    ;; prox(y…), lbme(thod_…)
    (if (i32.eq (local.get $name) (i32.const 0x786f7270)) (then (return (i32.const 1))))
    (if (i32.eq (local.get $name) (i32.const 0x656d626c)) (then (return (i32.const 1))))
    ;; core, ssl:, http:, mpm_…, reqt(imeout) log some lines that count.
    (if
      (i32.or
        (i32.or
          (i32.eq (local.get $name) (i32.const 0x65726f63))
          (i32.eq (local.get $name) (i32.const 0x3a6c7373)))
        (i32.or
          (i32.eq (local.get $name) (i32.const 0x5f6d706d))
          (i32.or
            (i32.eq (local.get $name) (i32.const 0x70747468))
            (i32.eq (local.get $name) (i32.const 0x74716572)))))
      (then (return (call $searchHeaded (local.get $module) (local.get $end)))))
    (i32.const 0))

  ;; Looks through [$from, $to), which ends with a line feed. Returns the number of candidate lines.
  (func (export "find") (param $from i32) (param $to i32) (result i32)
    (local $at i32) (local $start i32) (local $end i32) (local $out i32) (local $count i32)
    (local $feeds i64) (local $feed v128)
    (local.set $feed (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))
    (local.set $at (local.get $from))
    (local.set $start (local.get $from))
    (local.set $out (global.get $results))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $feeds
          (i64.or
            (i64.or
              (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $feed))))
              (i64.shl
                (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=16 (local.get $at)) (local.get $feed))))
                (i64.const 16)))
            (i64.or
              (i64.shl
                (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=32 (local.get $at)) (local.get $feed))))
                (i64.const 32))
              (i64.shl
                (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (v128.load offset=48 (local.get $at)) (local.get $feed))))
                (i64.const 48)))))
        ;; The last piece may hold bytes that are not ours.
        (if (i32.lt_u (i32.sub (local.get $to) (local.get $at)) (i32.const 64))
          (then
            (local.set $feeds
              (i64.and
                (local.get $feeds)
                (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (i32.sub (local.get $to) (local.get $at)))) (i64.const 1))))))
        (block $lines
          (loop $line
            (br_if $lines (i64.eqz (local.get $feeds)))
            (local.set $end (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $feeds)))))
            (local.set $feeds (i64.and (local.get $feeds) (i64.sub (local.get $feeds) (i64.const 1))))
            (if (call $classify (local.get $start) (local.get $end))
              (then
                (i32.store (local.get $out) (local.get $start))
                (i32.store offset=4 (local.get $out) (local.get $end))
                (i32.store offset=8 (local.get $out) (local.get $count))
                (local.set $out (i32.add (local.get $out) (i32.const 12)))))
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (local.set $start (i32.add (local.get $end) (i32.const 1)))
            (br $line)))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $next)))
    (global.set $newlines (local.get $count))
    (i32.div_u (i32.sub (local.get $out) (global.get $results)) (i32.const 12))))
