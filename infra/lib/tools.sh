# Tools that are not in the repository, each in a folder of its own under target/, installed where it is missing.
# Sourced from the repository's root by infra/deploy, infra/remove and tests/run. Expects $target and $logs.

readonly SAM_TOOLS='aws-sam-cli==1.170.0 cfn-lint==1.58.0'
readonly CARGO_LAMBDA='cargo-lambda==1.9.2'
readonly EMULATOR_TOOLS='ministack==1.5.33 cryptography==50.0.2 aws-sam-translator==1.115.0'

export SAM_CLI_TELEMETRY=0

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# A virtual environment with exactly these packages; what is already there is left alone.
virtual_environment() { # folder packages...
  local folder=$1 stamp
  shift
  stamp="$* $(python3 --version 2>&1)"
  [ "$(cat "$folder/.installed" 2>/dev/null)" != "$stamp" ] || return 0
  echo "installing $* (about two minutes, once)"
  rm -rf "$folder"
  if ! python3 -m venv "$folder" >"$logs/pip" 2>&1; then
    cat "$logs/pip" >&2
    echo "python3 with its venv module is needed; on Debian: apt-get install python3-venv" >&2
    return 1
  fi
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >>"$logs/pip" 2>&1 ||
    { tail -n 20 "$logs/pip" >&2; return 1; }
  printf '%s' "$stamp" >"$folder/.installed"
}

# $sam/bin: sam, cfn-lint, cargo-lambda, a python with boto3.
install_sam() {
  sam=$(realpath -m "$target")/venv-sam
  virtual_environment "$sam" $SAM_TOOLS || return 1
  # Without its dependency: half a gigabyte of zig, of use only for building for another processor.
  [ -x "$sam/bin/cargo-lambda" ] || "$sam/bin/pip" install --quiet --disable-pip-version-check --no-deps $CARGO_LAMBDA
}

# $emulator/bin: a python with MiniStack and boto3.
install_emulator() {
  emulator=$(realpath -m "$target")/venv-ministack
  virtual_environment "$emulator" $EMULATOR_TOOLS
}

# What a function is built from must run on Amazon Linux 2023, which has glibc 2.34.
needs_newer_glibc() { # binary -> its versions above 2.34
  objdump -T "$1" | grep -oE 'GLIBC_[0-9]+\.[0-9]+' | sort -uV | awk -F'[_.]' '$2 > 2 || $3 > 34'
}

# Says to every tool below where the emulator is. It takes a 12-digit key id as an account of its own, whose root it is.
use_emulator() { # address
  export AWS_ENDPOINT_URL=$1 AWS_REGION=${AWS_REGION:-eu-central-1}
  export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-000000000000} AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-emulator}
  # Whatever this machine's owner has set up for a real account.
  unset AWS_PROFILE AWS_SESSION_TOKEN
}

# Sets $AWS_REGION, and $credentials to export lines for programs that read no profiles.
find_region() { # region or nothing
  [ -z "$1" ] || export AWS_REGION=$1
  [ -z "${AWS_REGION:-}" ] || export AWS_DEFAULT_REGION=$AWS_REGION
  credentials=$("$sam/bin/python" infra/lib/stack.py credentials) || return 1
  AWS_REGION=$(eval "$credentials" && echo "${AWS_REGION:-}")
  [ -n "$AWS_REGION" ] || die "--region is needed: neither AWS_REGION nor the profile names one"
  export AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION
}
