# Sourced by ./demo and ./check: install_packages demo|check
# Installs what packages.txt names and dpkg does not have. Without root it prints the line to run.
install_packages() {
    wanted=$(awk -v all="$1" '$1 == "demo" || ($1 == "check" && all == "check") { print $2 }' packages.txt)
    missing=""
    for package in $wanted; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
            missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" != 0 ]; then
        echo "These Debian packages are missing; install them with:" >&2
        echo "  sudo apt-get install --no-install-recommends$missing" >&2
        return 1
    fi
    echo "installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "the packages could not be installed" >&2
        return 1
    fi
    rm -f "$log"
}
