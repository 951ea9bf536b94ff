"""What `record: {pcap: all}` writes, read without its own writer."""
import struct


def frames(path):
    """(interface, packet) in the order of the file; the interface is node.interface."""
    with open(path, 'rb') as f:
        data = f.read()
    at, names = 0, []
    while at < len(data):
        kind, length = struct.unpack_from('<II', data, at)
        if kind == 1:  # its name is the first option
            names.append(data[at + 20:at + 20 + struct.unpack_from('<H', data, at + 18)[0]].decode())
        elif kind == 6:
            of, _, _, size = struct.unpack_from('<IIII', data, at + 8)
            yield names[of], data[at + 28:at + 28 + size]
        at += length
