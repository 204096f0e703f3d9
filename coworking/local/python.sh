# Sourced by bin/run and bin/test: sets `python` to a Python that is new enough, or says that there is none.
# The one in .venv is asked first, so that a second start has nothing to look for.

python=
found=
for candidate in "$PWD/.venv/bin/python" python3.12 python3.11 python3.13 python3.14 python3 python; do
  if version=$("$candidate" -c '
import sys
print("%d.%d.%d" % sys.version_info[:3])
sys.exit(sys.version_info < (3, 11))' 2>/dev/null); then
    python=$candidate
    break
  fi
  [ -z "$version" ] || found="$found; $candidate is $version"
done

if [ -z "$python" ]; then
  echo "${0##*/}: Python 3.11 or newer is needed and not on the PATH${found:-; there is no Python at all}." >&2
  exit 1
fi
