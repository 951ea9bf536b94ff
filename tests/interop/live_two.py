#!/usr/bin/python3
"""live_two.py MONAMI SCENARIOS SCRATCH [CASE...]: a live car and a live gateway, two processes, each at a TUN device,
between which the kernel forwards. Every row of CASES is a run of some seconds in real time.

Exit code 77: there is no TUN device, or no right to make namespaces.
"""
import os
import shutil
import signal
import subprocess
import sys
import time

import live_net as net

# name: changes of live-vpn.yaml, how long the car and the gateway run in s, and what must be
CASES = {
    'without-capability': {'refuse': True, 'then': []},
    'kernel-pings': {'then': ['pinged']},
    'tunnel': {'then': ['echo', 'deleted-by-car', 'keys']},
    'gateway-ends-first': {'car': 6, 'ha': 4, 'then': ['deleted-by-ha']},
    'interrupted': {'car': 60, 'ha': 6, 'then': ['interrupted']},
    'rekey-child': {'nodes': {'car': {'ipsec': {'lifetime': {'soft': '2 s', 'hard': '9 s'}}}},
                    'then': ['echo', 'children', 'keys']},
    'rekey-ike': {'nodes': {'car': {'ike': {'soft': '2 s', 'hard': '9 s'}}}, 'then': ['echo', 'ike-sas', 'keys']},
    'rekey-with-group': {'nodes': {'car': {'ipsec': {'lifetime': {'soft': '2 s', 'hard': '9 s'}},
                                           'ike': {'pfs': 'ecp256'}}}, 'then': ['echo', 'children', 'keys']},
    'mobike': {'events': [{'at': '2.2 s', 'detach': 'car.wlan0'}, {'at': '4.2 s', 'attach': 'car.wlan0'}],
               'then': ['moved', 'keys']},
    'establish-anew': {'nodes': {'car': {'ike': {'mobility': 're-establish'}}},
                       'events': [{'at': '2.2 s', 'detach': 'car.wlan0'}], 'then': ['anew', 'keys']},
    'translator': {'translator': True, 'then': ['echo', 'encapsulated', 'keys']},
    'translator-and-mobike': {'translator': True, 'events': [{'at': '2.2 s', 'detach': 'car.wlan0'}],
                              'then': ['moved-once', 'encapsulated', 'keys']},
    'cookies': {'nodes': {'ha': {'responder': {'cookies_from': 0}}}, 'then': ['echo', 'cookie']},
    'certificates': {'mobile': 'ed', 'certificates': True, 'then': ['echo', 'keys']},
    'fragments': {'mobile': 'rsa', 'certificates': True, 'then': ['echo', 'fragments', 'keys']},
    'liveness': {'nodes': {'car': {'ike': {'dpd': '1 s'}}},
                 'timers': {'ike_first_timeout': '200 ms', 'ike_tries': 3, 'ike_suspect': 2},
                 'events': [{'at': '1 ms', 'detach': 'car.cell0'}], 'kill': 2.5, 'then': ['dead']},
    'gcm': {'nodes': {'car': {'ike': {'proposal': 'aes256gcm16-prfsha384-ecp384'}}}, 'then': ['echo', 'keys']},
    'ctr': {'nodes': {'car': {'ike': {'proposal': 'aes128ctr-sha256-modp2048'}}}, 'then': ['echo', 'keys']},
    'chacha': {'nodes': {'car': {'ike': {'proposal': 'chacha20poly1305-prfsha256-x25519'},
                                 'ipsec': {'suite': 'chacha20-poly1305'}}}, 'then': ['echo']},
    'cbc': {'nodes': {'car': {'ike': {'proposal': 'aes128-sha1-ecp256'}, 'ipsec': {'suite': 'aes128-cbc-sha256'}}},
            'then': ['echo', 'keys']},
    'mobile-ipv6': {'nodes': {'car': {'home': {'registers': True}, 'ike': {'mobility': 'k-bit'},
                                      'ipsec': {'policies': None, 'payload': 'tunnel'}}},
                    'then': ['echo', 'bindings', 'keys']},
}


def with_certificates(scenarios, mobile):
    folder = os.path.join(scenarios, 'certs')
    trusted = os.path.join(folder, 'ca.pem')
    mine = {'key': os.path.join(folder, mobile + '.key'), 'certificates': os.path.join(folder, mobile + '.pem'),
            'trusted': trusted}
    other = {'key': os.path.join(folder, 'ha.key'), 'certificates': os.path.join(folder, 'ha.pem'),
             'trusted': trusted}
    return {'nodes': {'car': {'ike': dict(mine, auth='signature')}, 'ha': {'responder': other}}}


def check(c, what, car, ha):
    up, down = car.events('ike.sa_up'), car.events('ike.sa_down')
    if what == 'echo':
        for left, flow in ((car, 'out'), (ha, 'in')):
            sent, answered = left.echo(flow)
            c.demand(answered >= 4, f'echo requests of {flow} that were answered', answered, sent)
    elif what == 'keys':
        mine, others = car.ike_keys(), ha.ike_keys()
        c.demand(mine and mine == others, 'IKE keys of the two', mine, others)
        mine, others = car.esp_keys(), ha.esp_keys()
        c.demand(mine and mine == others, 'ESP keys of the two', mine, others)
    elif what == 'deleted-by-car':
        tried = subprocess.run([sys.argv[3], 'rerun', car.folder], capture_output=True, text=True)
        c.demand(tried.returncode == 2 and 'a live run' in tried.stderr, 'monami rerun', tried)
        c.demand([e['how'] for e in down] == ['deleted'], 'how the car ended', down)
        down = ha.events('ike.sa_down')
        c.demand([e['how'] for e in down] == ['deleted_by_peer'], 'how the gateway learned it', down)
        counts = [car.exchanges(x) for x in ('IKE_SA_INIT', 'IKE_AUTH', 'CREATE_CHILD_SA', 'INFORMATIONAL')]
        c.demand(counts == [1, 1, 0, 1], 'exchanges', counts)
    elif what == 'deleted-by-ha':
        c.demand(down and down[0]['how'] == 'deleted_by_peer', 'how the car learned it', down)
    elif what == 'children':
        c.demand(len([s for s in car.sas() if s['direction'] == 'in']) >= 3, 'Child SAs', car.sas())
        c.demand(car.exchanges('CREATE_CHILD_SA') >= 2 and len(up) == 1, 'exchanges', up)
    elif what == 'ike-sas':
        c.demand(len(up) >= 3 and all(e['replaces'] for e in up[1:]), 'IKE SAs', up)
        c.demand(len([s for s in car.sas() if s['direction'] == 'in']) == 1, 'Child SAs', car.sas())
    elif what == 'moved':
        c.demand(len(up) == 1, 'IKE SAs', up)
        c.demand(len(ha.events('ike.moved')) == 2, 'moves', ha.events('ike.moved'))
        sent, answered = car.echo('out')
        c.demand(answered >= sent - 3, 'echo requests that were answered', answered, sent)
    elif what == 'encapsulated':
        places = {s['end_point'] for s in ha.sas()}
        c.demand(places == {'2001:db8:9::1'}, 'where the tunnel ends for the gateway', places)
        messages = car.events('ike.message', exchange='IKE_AUTH')
        c.demand(messages, 'IKE_AUTH', messages)
    elif what == 'moved-once':
        sent, answered = car.echo('out')
        c.demand(len(up) == 1 and answered >= sent - 4, 'echo requests that were answered', answered, sent, up)
    elif what == 'anew':
        c.demand(len(up) == 2, 'IKE SAs', up)
        sent, answered = car.echo('out')
        c.demand(answered >= sent - 4, 'echo requests that were answered', answered, sent)
    elif what == 'cookie':
        cookies = [e for e in car.events('ike.message', exchange='IKE_SA_INIT') if 'COOKIE' in e['payloads']]
        c.demand(len(cookies) >= 2, 'messages with a cookie', cookies)
    elif what == 'fragments':
        pieces = [e['fragment'] for e in car.events('ike.message', exchange='IKE_AUTH', direction='sent')]
        c.demand(pieces and max(pieces) >= 2, 'fragments', pieces)
    elif what == 'dead':
        c.demand(up and down and down[0]['how'] == 'dead' and 3 < down[0]['t'] < 6, 'how it ended', down)
    elif what == 'bindings':
        made = ha.events('mip6.binding_made')
        c.demand(len(made) == 2, 'bindings', made)
        c.demand(len(car.events('mip6.registered')) == 2, 'registrations', car.events('mip6.registered'))


def without_capability(monami, path):
    if not shutil.which('setpriv'):
        print('not installed: setpriv')
        sys.exit(0)
    c = net.Checks()
    for command, words in ((['setpriv', '--bounding-set=-net_admin'], 'needs CAP_NET_ADMIN'), ([], 'another program')):
        keeper = subprocess.Popen([monami, 'live', path, '-n', 'ha', '-t', 'new0' if command else 'ha0', '--for', '3 s'],
                                  stderr=subprocess.DEVNULL)
        net.await_devices('new0' if command else 'ha0')
        tried = subprocess.run([*command, monami, 'live', path, '-n', 'car', '-t', 'other0' if command else 'ha0'],
                               capture_output=True, text=True, timeout=10)
        c.demand(tried.returncode == 1 and words in tried.stderr and not tried.stdout, words, tried)
        c.demand(keeper.wait() == 0, 'a device that there was not before', keeper.returncode)
    c.end()


def run_case(name, monami, scenarios, scratch):
    case = dict(CASES[name])
    folder = os.path.join(scratch, 'live-two', name)
    os.makedirs(folder, exist_ok=True)
    mobile, seconds = case.pop('mobile', 'car'), case.pop('car', 6)
    refuse = case.pop('refuse', False)
    translates = case.pop('translator', False)
    long, then, kill = case.pop('ha', seconds + 1), case.pop('then'), case.pop('kill', None)
    changes = with_certificates(scenarios, mobile) if case.pop('certificates', False) else {}
    net.merge(changes, case)
    path = net.scenario(folder, scenarios, changes, mobile)
    net.set_up(('car0', [net.CAR, net.CELL]), ('ha0', [net.HA]))
    if translates:
        net.Translator('car0', 'ha0', '2001:db8:9::1').start()
    out = [os.path.join(folder, side) for side in ('car', 'ha')]
    if refuse:
        without_capability(monami, path)
    ha = net.live(monami, path, 'ha', 'ha0', long, out[1])
    car = net.live(monami, path, mobile, 'car0', seconds, out[0])
    net.await_devices('ha0', 'car0')
    c = net.Checks()
    if kill:
        time.sleep(kill)
        ha.send_signal(signal.SIGKILL)
    if 'pinged' in then:
        time.sleep(1)
        where = net.addresses(monami, path, mobile)
        net.sh('ip addr add 2001:db8:3::99/128 dev car0 nodad; ip addr add 2001:db8:5::99/128 dev ha0 nodad')
        for source, destination in (('2001:db8:3::99', where[f'care-of {mobile}.wlan0']), ('2001:db8:5::99', net.HA)):
            answered = net.ping(source, destination)
            c.demand(answered == 3, f'echo requests to {destination} that were answered', answered)
    if 'interrupted' in then:
        time.sleep(3)
        car.send_signal(signal.SIGINT)
    codes = [car.wait(), ha.wait()]
    c.demand(codes == [0, -signal.SIGKILL if kill else 0], 'exit codes', codes,
             *[open(o + ".log").read()[-600:] for o in out])
    if not c.wrong:
        mine = net.Left(out[0])
        others = None if kill else net.Left(out[1])
        for what in then:
            if what == 'pinged':
                continue
            if what == 'interrupted':
                check(c, 'deleted-by-car', mine, others)
                stop = mine.db.execute('SELECT stop_ns FROM run').fetchone()[0] / 1e9
                c.demand(2 < stop < 20, 'when it ended', stop)
            else:
                check(c, what, mine, others)
    c.end()


if __name__ == '__main__':
    if sys.argv[1] == '--inside':
        run_case(sys.argv[2], *sys.argv[3:6])
    net.demand_namespaces()
    where = [os.path.abspath(a) for a in sys.argv[1:4]]
    sys.exit(1 if net.run_cases(os.path.abspath(__file__), where, sys.argv[4:] or list(CASES)) else 0)
