#!/usr/bin/python3
"""browser.py MONAMI SCENARIOS SCRATCH: the pages of a run and of a study in Chromium, from their files: wide
and on a phone, light and dark: nothing sticks out, no link leads nowhere, everything unfolds, the browser
complains of nothing and asks the network for nothing. Screenshots stay in SCRATCH/browser.

Without Chromium and its driver (Debian: chromium, chromium-driver) it is skipped, but for its own client, which
is tried against a stub. The driver is spoken to as W3C WebDriver says; what is named goog: is ChromeDriver's."""
import base64
import http.server
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'  # W3C WebDriver 12.2
WAIT = 60  # s, of any one command


class Refused(Exception):
    """What the driver said no to: its error code and message."""


class Driver:
    """A WebDriver session at http://127.0.0.1:port."""

    def __init__(self, port):
        self.base = 'http://127.0.0.1:%d' % port
        self.session = None
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy in between

    def ask(self, method, path, body=None, wait=WAIT):
        data = None if method != 'POST' else json.dumps(body if body is not None else {}).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method,
                                         headers={'Content-Type': 'application/json; charset=utf-8'} if data else {})
        try:
            with self.opener.open(request, timeout=wait) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:  # an error of WebDriver has a JSON body, too
            text = error.read()
        try:
            value = json.loads(text.decode())['value']
        except (ValueError, KeyError, TypeError):
            raise Refused('%s %s: no WebDriver answer: %r' % (method, path, text[:200])) from None
        if isinstance(value, dict) and 'error' in value:
            raise Refused('%s %s: %s: %s' % (method, path, value['error'], value.get('message', '').split('\n')[0]))
        return value

    def of(self, method, path, body=None):
        return self.ask(method, '/session/%s%s' % (self.session, path), body)

    def begin(self, options):
        value = self.ask('POST', '/session', {'capabilities': {'alwaysMatch': {
            'pageLoadStrategy': 'normal',
            'timeouts': {'script': 30000, 'pageLoad': 30000, 'implicit': 0},
            'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'},
            'goog:chromeOptions': options}}})
        self.session = value['sessionId']
        return value['capabilities']

    def end(self):
        if self.session:
            session, self.session = self.session, None
            self.ask('DELETE', '/session/' + session, wait=20)

    def go(self, url):
        self.of('POST', '/url', {'url': url})

    def run(self, script, *args):
        return self.of('POST', '/execute/sync', {'script': script, 'args': list(args)})

    def find(self, css):
        return [found[ELEMENT] for found in self.of('POST', '/elements', {'using': 'css selector', 'value': css})]

    def devtools(self, command, **parameters):
        return self.of('POST', '/goog/cdp/execute', {'cmd': command, 'params': parameters})

    def log(self, kind):
        return self.of('POST', '/se/log', {'type': kind})


# ---- its own client, against a stub --------------------------------------------------------------


class Stub(http.server.BaseHTTPRequestHandler):
    seen = []

    def log_message(self, *_):
        pass

    def answer(self, code, value):
        body = json.dumps({'value': value}).encode()
        self.send_response(code)
        self.send_header('Content-Type', 'application/json; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        Stub.seen.append((self.command, self.path, json.loads(body) if body else None))
        if self.path == '/session':
            self.answer(200, {'sessionId': 'abc', 'capabilities': {'browserVersion': '1'}})
        elif self.path.endswith('/elements'):
            self.answer(200, [{ELEMENT: 'e1'}, {ELEMENT: 'e2'}])
        elif self.path.endswith('/click'):
            self.answer(400, {'error': 'element click intercepted', 'message': 'no\nstack', 'stacktrace': ''})
        elif self.path.endswith('/title'):
            self.send_response(500)
            self.end_headers()
            self.wfile.write(b'no JSON')
        elif self.path.endswith('/url') and self.command == 'GET':
            time.sleep(2)
        else:
            self.answer(200, None)

    do_GET = do_POST = do_DELETE = handle_any


def refused(words, what, *args, **more):
    try:
        what(*args, **more)
    except (Refused, OSError) as error:
        assert words in str(error), (words, error)
        return
    raise AssertionError('it was not refused: ' + words)


def try_client():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        driver = Driver(server.server_address[1])
        assert driver.begin({'args': []})['browserVersion'] == '1' and driver.session == 'abc'
        first = Stub.seen[0]
        assert first[:2] == ('POST', '/session') and list(first[2]['capabilities']) == ['alwaysMatch'], first
        assert driver.find('details') == ['e1', 'e2']
        assert Stub.seen[-1] == ('POST', '/session/abc/elements', {'using': 'css selector', 'value': 'details'})
        assert driver.run('return 1', 2) is None and Stub.seen[-1][2] == {'script': 'return 1', 'args': [2]}
        refused('element click intercepted: no', driver.of, 'POST', '/element/e1/click', {})
        refused('no WebDriver answer', driver.of, 'GET', '/title')
        refused('timed out', driver.ask, 'GET', '/session/abc/url', wait=0.2)
        driver.end()
        driver.end()
        assert Stub.seen[-1][:2] == ('DELETE', '/session/abc') and driver.session is None
    finally:
        server.shutdown()
        server.server_close()
    refused('refused', driver.ask, 'GET', '/status', wait=5)


# ---- pictures ------------------------------------------------------------------------------------


def colours(png):
    """How many colours a PNG has, up to 64, of 8 bits a sample and not interlaced (RFC 2083); and its size."""
    assert png[:8] == b'\x89PNG\r\n\x1a\n', png[:16]
    at, data = 8, b''
    while at < len(png):
        length, kind = struct.unpack('>I4s', png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack('>I', png[at + 8 + length:at + 12 + length])[0]
        if kind == b'IHDR':
            width, height, depth, colour, _, _, interlaced = struct.unpack('>IIBBBBB', body)
            assert depth == 8 and interlaced == 0 and colour in (0, 2, 4, 6), (depth, colour)
        data += body if kind == b'IDAT' else b''
        at += 12 + length
    assert kind == b'IEND'
    step = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    rows, bytes_a_row = zlib.decompress(data), 1 + width * step
    before, seen = bytearray(width * step), set()
    for y in range(height):
        kind, row = rows[y * bytes_a_row], bytearray(rows[y * bytes_a_row + 1:(y + 1) * bytes_a_row])
        for k in range(len(row) if kind else 0):
            a, b, c = row[k - step] if k >= step else 0, before[k], before[k - step] if k >= step else 0
            if kind == 4:
                p = a + b - c
                pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
                predicted = a if pa <= pb and pa <= pc else b if pb <= pc else c
            else:
                predicted = (a, b, (a + b) // 2)[kind - 1]
            row[k] = (row[k] + predicted) & 255
        seen.update(bytes(row[k:k + step]) for k in range(0, len(row), step))
        if len(seen) >= 64:
            break
        before = row
    return min(len(seen), 64), width, height


def try_pictures():
    def png(width, height, rows):
        chunks = ((b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)), (b'IDAT', zlib.compress(rows)), (b'IEND', b''))
        return b'\x89PNG\r\n\x1a\n' + b''.join(
            struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body)) for kind, body in chunks)
    assert colours(png(2, 2, b'\0' + b'\1\2\3' * 2 + b'\2' + b'\0' * 6)) == (1, 2, 2)  # the row above again
    assert colours(png(2, 2, b'\1\1\2\3\0\0\0' + b'\4' + b'\1\0\0' + b'\0' * 3)) == (2, 2, 2)
    assert colours(png(2, 1, b'\3' + b'\2\2\2' + b'\0\0\0')) == (2, 2, 1)


# ---- what it starts ------------------------------------------------------------------------------


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def start_driver(program, folder):
    """Answers its process and a Driver once it is ready."""
    port = free_port()
    noise = open(os.path.join(folder, 'chromedriver.log'), 'wb')
    environment = dict(os.environ, HOME=folder, TMPDIR=folder, XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder)
    with noise:
        child = subprocess.Popen([program, '--port=%d' % port], stdin=subprocess.DEVNULL, stdout=noise, stderr=noise,
                                 cwd=folder, env=environment, start_new_session=True)
    driver = Driver(port)
    until = time.monotonic() + WAIT
    while True:
        try:
            if driver.ask('GET', '/status', wait=5).get('ready'):
                return child, driver
        except (Refused, OSError):
            pass
        if child.poll() is not None or time.monotonic() > until:
            stop(child)
            raise AssertionError('chromedriver does not answer: ' + open(noise.name, errors='replace').read()[-500:])
        time.sleep(0.1)


def stop(child):
    """The driver's own session of processes, which we began: it and the browser it started."""
    for name in (15, 9):
        try:
            os.killpg(child.pid, name)
        except ProcessLookupError:
            break
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    child.wait(timeout=10)


# ---- pages ---------------------------------------------------------------------------------------

STICKS_OUT = '''
const wide = innerWidth + 1, found = [];
for (const e of document.body.querySelectorAll('*')) {
  const b = e.getBoundingClientRect();
  if (b.right > wide && !e.parentElement.closest('.scroll')) found.push(e.tagName + '.' + e.className);
}
return {scroll: document.documentElement.scrollWidth, inner: innerWidth, found: found.slice(0, 5)};
'''
LEAD_NOWHERE = '''
return [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1))
  .filter(id => !document.getElementById(id));
'''
# by its own summary; those inside another one are reached when that is open
NEXT_FOLDED = '''
return [...document.querySelectorAll('details')].filter(d => !d.open && !d.parentElement.closest('details:not([open])'))
  .map(d => d.querySelector('summary'))[0] || null;
'''


def unfold_all(driver):
    opened = 0
    all_of_them = driver.run("return document.querySelectorAll('details').length")
    while True:
        summary = driver.run(NEXT_FOLDED)
        if summary is None:
            break
        driver.run('arguments[0].scrollIntoView({block: "center"})', summary)
        driver.of('POST', '/element/%s/click' % summary[ELEMENT], {})
        opened += 1
        assert driver.run('return arguments[0].parentElement.open', summary), 'a click did not open it'
        assert driver.run('return arguments[0].parentElement.getBoundingClientRect().height > '
                          'arguments[0].getBoundingClientRect().height', summary), 'it opened and shows nothing'
        assert opened <= all_of_them, 'it does not end'
    assert opened == all_of_them, (opened, all_of_them)
    return opened


def check_requests(driver, url):
    """From the performance log: nothing but the page and what it holds was asked for."""
    for entry in driver.log('performance'):
        message = json.loads(entry['message'])['message']
        if message.get('method') == 'Network.requestWillBeSent':
            asked = message['params']['request']['url']
            assert asked.split('#')[0] == url or asked.startswith(('data:', 'about:', 'chrome:')), asked


def check_log(driver):
    bad = [entry for entry in driver.log('browser') if entry['level'] in ('WARNING', 'SEVERE')]
    assert not bad, bad[:3]


def check_view(driver, url, width, scheme, to):
    # The window is headless and may have a least width; the metrics give the page the width of a phone.
    driver.of('POST', '/window/rect', {'width': width, 'height': 900})
    driver.devtools('Emulation.setDeviceMetricsOverride', width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    driver.devtools('Emulation.setEmulatedMedia', media='', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
    driver.go('about:blank')
    for kind in ('browser', 'performance'):
        driver.log(kind)  # of pages before
    driver.go(url)
    assert driver.run('return document.readyState') == 'complete'
    assert driver.run('return document.querySelector("parsererror") === null')
    dark = driver.run('return matchMedia("(prefers-color-scheme: dark)").matches')
    assert dark == (scheme == 'dark'), 'the browser does not have the colours that were asked for'
    ground = driver.run('return getComputedStyle(document.body).backgroundColor')
    assert (ground == 'rgb(255, 255, 255)') == (scheme == 'light'), (scheme, ground)
    for state in ('folded', 'unfolded'):
        found = driver.run(STICKS_OUT)
        assert found['inner'] == width, found
        assert found['scroll'] <= found['inner'] + 1 and not found['found'], (url, width, state, found)
        driver.run('scrollTo(0, 0)')
        picture = base64.b64decode(driver.of('GET', '/screenshot'))
        name = to + ('' if state == 'folded' else '-unfolded') + '.png'
        with open(name, 'wb') as file:
            file.write(picture)
        n, wide, high = colours(picture)
        assert n > 8 and wide >= width and high > 300, (name, n, wide, high)
        print(name)
        if state == 'folded':
            assert driver.run(LEAD_NOWHERE) == []
            unfold_all(driver)
    check_requests(driver, url)
    check_log(driver)


def pages(monami, scenarios, base):
    def ask(*args):
        done = subprocess.run([monami, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=200)
        assert done.returncode in (0, 1), (args, done.stderr)
    run, study = os.path.join(base, 'run'), os.path.join(base, 'study')
    ask('run', os.path.join(scenarios, 'wifi-lte-voice.yaml'), '-q', '-f', '-o', run, '--pcap', 'none')
    ask('sweep', 'run', os.path.join(scenarios, 'loss.yaml'), '-q', '-o', study, '-j', '2', '--set', 'general.stop=30 s', '--set',
        'sweep={parameters: {networks.wlan.loss: [0 %, 5 %], flows.call.traffic.voice: [g711, g729]}, replicate: {seeds: 3}, keep: events}')
    for folder in (run, study):
        ask('report', folder)
        yield os.path.basename(folder), os.path.join(folder, 'report.html')


def main():
    monami, scenarios, scratch = sys.argv[1:4]
    try_client()
    try_pictures()
    programs = [shutil.which(name) for name in ('chromium', 'chromedriver')]
    if None in programs:
        print('SKIPPED: %s not installed (Debian: chromium, chromium-driver); the client itself was tried against a stub'
              % ' and '.join(name for name, found in zip(('chromium', 'chromedriver'), programs) if not found))
        sys.exit(77)
    base = os.path.join(os.path.abspath(scratch), 'browser')
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    made = list(pages(monami, scenarios, base))
    folder = tempfile.mkdtemp(prefix='monami-browser-')
    child = None
    driver = None
    try:
        profile = os.path.join(folder, 'profile')
        os.makedirs(profile)
        child, driver = start_driver(programs[1], folder)
        said = driver.begin({'binary': programs[0], 'args': [
            '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--user-data-dir=' + profile]})
        print('Chromium', said.get('browserVersion'))
        for name, path in made:
            url = 'file://' + urllib.parse.quote(path)
            for width in (1200, 360):
                for scheme in ('light', 'dark'):
                    check_view(driver, url, width, scheme, os.path.join(base, '%s-%d-%s' % (name, width, scheme)))
    finally:
        try:
            if driver:
                driver.end()
        except (Refused, OSError) as error:
            print('the session did not end well:', error)
        finally:
            if child:
                stop(child)
            shutil.rmtree(folder, ignore_errors=True)
    print('%d pages, each in 4 ways' % len(made))


main()
