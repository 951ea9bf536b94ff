#!/usr/bin/python3
"""words.py MONAMI SCENARIOS SCRATCH: what the program says of mistakes on its command line, options that
nothing would use, its summaries and its exit codes: 1 what failed, 2 what was asked in a wrong way."""
import os
import shutil
import subprocess
import sys

monami, scenarios, scratch = sys.argv[1:4]
base = os.path.join(scratch, 'words')
shutil.rmtree(base, ignore_errors=True)
os.makedirs(base)
out = os.path.join(base, 'out')
nowhere = os.path.join(base, 'no such folder', 'x')
minimal = os.path.join(scenarios, 'minimal.yaml')
loss = os.path.join(scenarios, 'loss.yaml')
link = os.path.join(scenarios, 'traces', 'two-operators.csv')


def ask(*arguments, code=0, stdin=None, stdout=subprocess.PIPE):
    got = subprocess.run([monami, *arguments], input=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=base)
    assert got.returncode == code, (arguments, got.returncode, got.stdout, got.stderr)
    return got.stdout, got.stderr


def refused(words, *arguments, code=2, **more):
    said = ask(*arguments, code=code, **more)
    assert words in said[1] and not said[0], (arguments, said)


# ---- options
refused("'--pcap' needs an argument: --pcap WHICH", 'run', 'x', '--pcap')
refused("'--set' needs an argument", 'run', 'x', '--set')
refused("'--set' needs an argument", 'run', 'x', '-s')
refused("'--force' takes no argument", 'run', 'x', '--force=1')
refused("unknown option '--pcpa'; did you mean '--pcap'?", 'run', 'x', '--pcpa', 'all')
refused("--jobs: '-1' is not a whole number from 1 to 1024", 'sweep', 'run', loss, '-o', out, '-j', '-1')
refused("--jobs: '0' is not a whole number from 1 to 1024", 'sweep', 'run', loss, '-o', out, '-j', '0')
refused("'18446744073709551616' is too large", 'run', minimal, '-o', out, '--set', 'general.seed=18446744073709551616')

# ---- options that nothing uses
for option in (['-o', 'zz'], ['-f'], ['-v']):
    refused('is of sweep run', 'sweep', 'plan', loss, *option)
assert ask('sweep', 'plan', loss, '-q')[1] == ''
one = ['--set', 'sweep={parameters: {networks.wlan.loss: [0 %]}, replicate: {seeds: 1}}', '--set', 'figures={}']
assert ask('sweep', 'plan', loss, *one)[1].startswith('1 run: 1 point, 1 replication each; a run takes about ')
operator = ['--operator', 'att']
refused('--output is of trace import', 'trace', 'show', link, *operator, '-o', 'zz')
refused('--json is of trace show', 'trace', 'import', link, *operator, '--json')
for option, value in (('node', 'a'), ('origin', '1,2'), ('interval', '1 s'), ('bin', '1 s')):
    refused('--%s is of' % option, 'trace', 'show', link, *operator, '--' + option, value)
    refused('--%s is of' % option, 'trace', 'import', link, *operator, '--' + option, value)
refused('see --operator\n', 'trace', 'show', link)
refused("'foo': --events", 'explain', '--events', 'foo')
refused('--force is of --output', 'example', '--force')
assert os.listdir(base) == []

# ---- names
refused("did you mean 'general.record.pcap'?", 'explain', 'pcap')
refused("'nodes.NAME.mcoa.lifetime'", 'explain', 'lifetime')
# a word for a map
short = ask('check', '-e', minimal, '--set', 'nodes.mn.decision=round-robin')[0]
assert short == ask('check', '-e', minimal, '--set', 'nodes.mn.decision={builtin: round-robin}')[0]
refused("did you mean 'round-robin'?", 'check', minimal, '--set', 'nodes.mn.decision=round-robn')
# each event, drop and table of the reference has its line
for list_ in ('--events', '--drops'):
    for line in ask('explain', list_)[0].splitlines():
        assert line.startswith(' ') or ask('explain', line)[0].startswith(line + '\n    '), line
assert ask('explain', 'no_binding') == ask('explain', 'drop.no_binding')
assert ask('explain', 'disruption')[0].startswith('disruption\n    table: ')
refused("'nodes.NAME.decision.replay'", 'explain', 'replay')
refused("did you mean 'mip6.bu_sent'?", 'explain', 'mip6.bu_snt')
refused("no key, event, drop or table 'xyzzy'\n", 'explain', 'xyzzy')
assert ask('help', 'run') == ask('run', '--help')
assert ask('help') == ask('--help')
refused("unknown command 'rnu'; did you mean 'run'?", 'help', 'rnu')
refused("unknown command 'bogus'", 'help', 'bogus')
vpn = os.path.join(scenarios, 'live-vpn.yaml')
refused('which node? Say --node NAME', 'live', vpn)
refused('which device? Say --tun NAME', 'live', vpn, '--node', 'car')
refused("--for: '5'", 'live', vpn, '--node', 'car', '--tun', 'x', '--for', '5')
refused("--for: '1 us' is below 1 ms", 'live', vpn, '--node', 'car', '--tun', 'x', '--for', '1 us')
refused("the scenario has no node 'bus'", 'live', vpn, '--node', 'bus', '--tun', 'x')
refused("'cn' is a correspondent", 'live', vpn, '--node', 'cn', '--addresses')
refused('no name of a device', 'live', vpn, '--node', 'car', '--tun', 'a-name-that-is-too-long')
known = ask('live', vpn, '--node', 'car', '--addresses')[0].splitlines()
assert 'agent ha 2001:db8:a::1' in known and 'home car 2001:db8:a::100' in known, known
assert [line for line in known if line.startswith('care-of car.wlan0 2001:db8:2:')], known

# ---- a pipe is read as its file is
text = open(link).read()
for arguments in (operator, operator + ['--json'], operator + ['-F', 'pam2025']):
    by_name = ask('trace', 'show', link, *arguments)[0].replace(link, '/dev/stdin')
    assert ask('trace', 'show', '/dev/stdin', *arguments, stdin=text)[0] == by_name
assert ask('trace', 'import', '/dev/stdin', *operator, stdin=text) == ask('trace', 'import', link, *operator)
refused('error: /dev/stdin:1:1: unknown column', 'trace', 'show', '/dev/stdin', stdin='a,b\n1,2\n')

# ---- summaries
fleet = os.path.join(scenarios, 'fleet.yaml')
words = ask('run', fleet, '-o', out, '--pcap', 'none', '--set', 'general.stop=20 s', '--set', 'events=[]', '--set', 'expect=[]')[1]
lines = words.splitlines()
assert lines[0].startswith('8 flows: ') and '; and 7 more flows; digest ' in lines[0], words
assert lines[1] == 'wrote ' + out, words  # no packets: nothing to draw
words = ask('run', minimal, '-o', out, '-f', '--set', 'flows={}', '--set', 'expect=[]', '--set', 'general.record.digest=false')[1]
assert words == 'no flows\nwrote %s\n' % out, words
words = ask('run', minimal, '-o', out, '-f')[1]
assert words.startswith('call.up: ') and words.endswith('; draw it with: monami plot %s\n' % out), words
words = ask('sweep', 'run', loss, '-o', out + '-study', '--set', 'general.stop=25 s', '--set', 'expect=[]', *one)[1]
assert '1 of 1 run done, 1 now; 0 failed\nwrote %s-study/study.sqlite;' % out in words, words
assert ask('report', out, '-o', '-')[0] == (ask('report', out), open(os.path.join(out, 'report.html')).read())[1]
assert '-' not in os.listdir(base), os.listdir(base)

# ---- exit codes
of_it = "no such folder/x: the folder '%s/no such folder/': No such file or directory" % base
refused(of_it, 'run', minimal, '-o', nowhere, code=1)
refused(of_it, 'sweep', 'run', loss, '-o', nowhere, code=1)
refused('No such file or directory', 'trace', 'import', link, *operator, '-o', nowhere, code=1)
refused('No such file or directory', 'report', out, '-o', nowhere, code=1)
refused('No such file or directory', 'example', '-o', nowhere, code=1)
refused('--force replaces it', 'run', minimal, '-o', out)
with open('/dev/full', 'w') as full:
    for arguments in (['explain'], ['example'], ['report', out, '-o', '-'], ['trace', 'show', link, *operator]):
        assert 'stdout: cannot be written: No space left on device\n' in ask(*arguments, code=1, stdout=full)[1]
shutil.rmtree(base)
