# Definitions of jq 1.7 that jaq lacks or defines differently. They replace jaq's.

# SQL
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] = $row);
def INDEX(f): INDEX(.[]; f);
def JOIN($idx; f): [.[] | [., $idx[f]]];
def JOIN($idx; stream; f): stream | [., $idx[f]];
def JOIN($idx; stream; f; join): stream | [., $idx[f]] | join;

# Paths
def setpath($path; $x):
  if $path == [] then $x else
    $path[0] as $key
    | if . == null then (if $key | isnumber then [] else {} end) end
    | if ($key | isnumber) and isarray and length <= $key then . + [range(length; $key + 1) | null] end
    | .[$key] = (.[$key] | setpath($path[1:]; $x))
  end;
def delpaths($paths): reduce ($paths | sort | reverse[]) as $p (.; getpath($p) |= empty);
def del(f): delpaths([path(f)]);

# Streaming
def tostream:
  path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f):
  {x: null, e: false} as $init
  | foreach f as $i ($init;
      if .e then $init else . end
      | if $i | length == 2
        then .e = ($i[0] | length == 0) | .x = (.x | setpath($i[0]; $i[1]))
        else .e = ($i[0] | length == 1) end;
      if .e then .x else empty end);
def truncate_stream(stream):
  . as $n | null | stream | if .[0] | length > $n then [.[0][$n:]] + .[1:] else empty end;

# Conversion
def toarray: if isarray then . else [.] end;
def ascii: [.] | implode;
def trimstr($x): if isstring and ($x | isstring) then ltrimstr($x) | rtrimstr($x) end;
def from_entries:
  reduce .[] as $x ({};
    . + {($x | if .key == null then .k // .name // .Name // .K // .Key else .key end
          | if isstring then . elif . == null then "null" else tojson end):
         ($x | if has("value") then .value elif has("v") then .v else .Value end)});
def with_entries(f): to_entries | map(f) | from_entries;
def join($separator):
  reduce .[] as $x (null;
    (if . == null then "" else . + $separator end)
    + ($x | if . == null then "" elif isarray or isobject then error("cannot join with \(type)")
            else tostring end))
  // "";
def leaf_paths: paths(scalars);
def isvalid(f): try (f | true) catch false;
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations($n): . as $dot | [range($n)] | map($dot) | combinations;
def have_literal_numbers: true;
def have_decnum: false;
def splits($re; flags): split($re; flags) | .[];

# Dates
def date: todate;
def dateadd(unit; $n): . + $n;
def datesub(unit; $n): . - $n;
def dateadd($n): . + $n;

# Mathematics
def fabs: if . < 0 then -. end;
def gamma: lgamma;
def lgamma_r: [lgamma, (if tgamma < 0 then -1 else 1 end)];
def nearbyint: rint;

# Input and output
def input_filename: null;
def input_line_number: 0;
def get_search_list: [];
def debug: debug_print;
def debug(msgs): (msgs | debug_print | empty), .;
def stderr: stderr_print;
def halt_error: error;
def halt_error($exit_code): error;

# Formats
def @base32: tostring | encode_base32;
def @base32d: tostring | decode_base32;
def row_(name; cell):
  if isarray then . else error("\(type) (\(tojson)) cannot be \(name)-formatted, only an array can be") end
  | map(if isstring then cell elif . == null then "" elif isarray or isobject then
      error("\(type) (\(tojson)) is not valid in a \(name) row") else tostring end);
def @csv: row_("csv"; "\"" + (split("\"") | join("\"\"")) + "\"") | join(",");
def @tsv:
  row_("tsv"; split("\\") | join("\\\\") | split("\t") | join("\\t") | split("\n") | join("\\n")
    | split("\r") | join("\\r"))
  | join("\t");
def format($name):
  if   $name == "text" then @text
  elif $name == "json" then @json
  elif $name == "csv" then @csv
  elif $name == "tsv" then @tsv
  elif $name == "html" then @html
  elif $name == "uri" then @uri
  elif $name == "sh" then @sh
  elif $name == "base64" then @base64
  elif $name == "base64d" then @base64d
  elif $name == "base32" then @base32
  elif $name == "base32d" then @base32d
  else error("\($name) is not a valid format") end;
