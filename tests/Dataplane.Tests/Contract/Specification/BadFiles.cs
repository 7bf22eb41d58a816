namespace Dataplane.Tests.Contract.Specification;

/// <summary>What operators get wrong, with every line that they are told.</summary>
public static class BadFiles
{
    public static TheoryData<string, string, string[]> Cases { get; } = new()
    {
        { "empty", " \n", ["services.json: the file is empty"] },
        { "not an object", "[]", ["services.json:1: the file must be an object, not an array"] },
        { "cut off", "{ \"pools\": {\n  \"p\": {", ["services.json:2: not valid JSON: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed"] },
        { "stray bracket", "{\n  \"pools\": ]\n}", ["services.json:2: not valid JSON: ']' is an invalid start of a value"] },
        { "two roots", "{}\n{}", ["services.json:2: not valid JSON: '{' is invalid after a single JSON value. Expected end of data"] },
        { "lone surrogate", "{\n \"pools\": { \"\\ud800\": {} } }", ["services.json:2: not valid JSON: a string that is not UTF-8"] },
        { "duplicate keys", "{ \"pools\": {},\n  \"pools\": {} }", ["services.json:2: key \"pools\" is already in line 1"] },
        {
            "unknown keys at every level",
            """
            { "pool": {},
              "pools": { "p": { "tablesize": 7,
                  "health": { "type": "tcp", "port": 80, "intervall": "2s" },
                  "backends": [ { "name": "b", "address": "192.0.2.1",
                                  "wieght": 3 } ] } },
              "services": [ { "name": "s", "vip": "10.1.0.1", "protocol": "any", "pool": "p", "colour": "red" } ] }
            """,
            [
                "services.json:1: unknown key \"pool\" in the file (did you mean \"pools\"?)",
                "services.json:2: unknown key \"tablesize\" in pool (did you mean \"tableSize\"?)",
                "services.json:3: unknown key \"intervall\" in health (did you mean \"interval\"?)",
                "services.json:5: unknown key \"wieght\" in backend (did you mean \"weight\"?)",
                "services.json:6: unknown key \"colour\" in service",
            ]
        },
        {
            "wrong kinds",
            """
            { "pools": { "p": { "tableSize": "big",
                  "minHealthy": 1.5,
                  "onTooFew": "keep",
                  "backends": { "b": {} } },
                "q": [],
                "r": { "backends": [ 7, { "name": 1, "address": "192.0.2.1" }, { "address": "192.0.2.2", "state": "drain" }, { "name": "z" } ] } },
              "services": {} }
            """,
            [
                "services.json:1: \"tableSize\" in pool must be a whole number, not \"big\"",
                "services.json:2: \"minHealthy\" in pool must be a whole number, not 1.5",
                "services.json:3: \"onTooFew\" must be \"keep-all\" or \"withdraw\", not \"keep\"",
                "services.json:4: \"backends\" in pool must be an array, not an object",
                "services.json:5: pool must be an object, not an array",
                "services.json:6: backend must be an object, not 7",
                "services.json:6: \"name\" in backend must be a string, not 1",
                "services.json:6: backend needs \"name\"",
                "services.json:6: \"state\" must be \"active\" or \"draining\", not \"drain\"",
                "services.json:6: backend needs \"address\"",
                "services.json:7: \"services\" in the file must be an array, not an object",
            ]
        },
        {
            "pool values",
            """
            { "pools": {
                "small": { "tableSize": 5 },
                "even": { "tableSize": 65536 },
                "huge": { "tableSize": 4194319 },
                "few": { "minHealthy": -1 },
                "w": { "onTooFew": "withdraw" },
                "a b": {} } }
            """,
            [
                "services.json:2: pool small: \"tableSize\" must be a prime from 7 to 4194304, not 5",
                "services.json:3: pool even: \"tableSize\" must be a prime; 65536 is not, 65537 is",
                "services.json:4: pool huge: \"tableSize\" must be a prime from 7 to 4194304, not 4194319",
                "services.json:5: pool few: \"minHealthy\" must be from 0 to 65535, not -1",
                "services.json:6: pool w: onTooFew \"withdraw\" is not built yet; keep-all is",
                "services.json:7: pool a b: \"a b\" is no name: 1 to 63 of a-z A-Z 0-9 . _ -",
            ]
        },
        {
            "backend values",
            """
            { "pools": { "p": { "backends": [
                { "name": "a", "address": "192.0.2.1" },
                { "name": "a", "address": "192.0.2.2" },
                { "name": "b", "address": "192.0.2.1" },
                { "name": "c", "address": "server3" },
                { "name": "d", "address": "192.0.2.04" },
                { "name": "e", "address": "2001:db8::1%eth0" },
                { "name": "f", "address": "224.0.0.1" },
                { "name": "g", "address": "192.0.2.7", "weight": 0 },
                { "name": "h", "address": "192.0.2.8", "weight": 65536 },
                { "name": "", "address": "192.0.2.9" }
              ] } } }
            """,
            [
                "services.json:3: backend p/a is already in line 2",
                "services.json:4: backend p/b: address 192.0.2.1 is already that of backend p/a (line 2)",
                "services.json:5: \"address\" of a backend must be an IP address, not \"server3\"",
                "services.json:6: \"address\" of a backend must be an IP address, not \"192.0.2.04\"",
                "services.json:7: \"address\" of a backend must be an IP address, not \"2001:db8::1%eth0\"",
                "services.json:8: backend p/f: address 224.0.0.1 is not the address of one server",
                "services.json:9: backend p/g: weight 0 is no weight; to give a backend no new flows, drain it (\"state\": \"draining\")",
                "services.json:10: backend p/h: \"weight\" must be from 1 to 65535, not 65536",
                "services.json:11: backend p/: \"\" is no name: 1 to 63 of a-z A-Z 0-9 . _ -",
            ]
        },
        {
            "health values",
            """
            { "pools": {
                "a": { "health": { "port": 80 } },
                "b": { "health": { "type": "htpp", "port": 80 } },
                "c": { "health": { "type": "grpc", "port": 80 } },
                "d": { "health": { "type": "tcp" } },
                "e": { "health": { "type": "icmp", "port": 80 } },
                "f": { "health": { "type": "http", "port": 70000,
                    "path": "healthz",
                    "via": "tunnel",
                    "interval": "2 s",
                    "timeout": "3s",
                    "rise": 0,
                    "fall": 101 } },
                "g": { "health": { "type": "tcp", "port": "80", "interval": "10ms", "timeout": "1ms" } },
                "h": { "health": "http" } } }
            """,
            [
                "services.json:2: health needs \"type\"",
                "services.json:3: \"type\" must be \"none\" or \"tcp\" or \"http\" or \"https\" or \"grpc\" or \"dns\" or \"udp\" or \"icmp\" or \"exec\", not \"htpp\" (did you mean \"http\"?)",
                "services.json:4: pool c: health type \"grpc\" is not built yet; none, tcp, http and icmp are",
                "services.json:5: health needs \"port\"",
                "services.json:6: \"port\" has no meaning for health type \"icmp\"",
                "services.json:7: pool f: \"port\" of the health check must be from 1 to 65535, not 70000",
                "services.json:8: pool f: \"path\" of the health check must begin with \"/\" and be printable ASCII without spaces",
                "services.json:9: pool f: via \"tunnel\" is not built yet; direct is",
                "services.json:10: \"interval\" in health must be a duration such as \"150ms\", \"2s\" or \"1m\", not \"2 s\"",
                "services.json:11: pool f: timeout 3s is longer than the interval, 2s",
                "services.json:12: pool f: \"rise\" must be from 1 to 100, not 0",
                "services.json:13: pool f: \"fall\" must be from 1 to 100, not 101",
                "services.json:14: \"port\" in health must be a whole number, not \"80\"",
                "services.json:14: pool g: \"interval\" must be from 100ms to 1h, not 10ms",
                "services.json:14: pool g: \"timeout\" must be at least 10ms, not 1ms",
                "services.json:15: health must be an object, not \"http\"",
            ]
        },
        {
            "service values",
            """
            { "pools": { "p": {} }, "services": [
                {},
                { "name": "a", "vip": "10.1.0", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "b", "vip": "10.1.0.1/24", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "c", "vip": "10.1.0.0/33", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "d", "vip": "2001:db8::1/64", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "e", "vip": "127.0.0.1", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "f", "vip": "10.1.0.6", "protocol": "sctp", "port": 80, "pool": "p" },
                { "name": "g", "vip": "10.1.0.7", "protocol": "tcp", "pool": "p" },
                { "name": "h", "vip": "10.1.0.8", "protocol": "tcp", "port": 0, "pool": "p" },
                { "name": "i", "vip": "10.1.0.9", "protocol": "tcp", "port": "9-8", "pool": "p" },
                { "name": "j", "vip": "10.1.0.10", "protocol": "icmp", "port": 80, "pool": "p" },
                { "name": "k", "vip": "10.1.0.11", "protocol": "tcp", "port": 80, "pool": "q" },
                { "name": "l", "vip": "10.1.0.12", "protocol": "tcp", "port": 80, "pool": "p", "send": "vxlam" },
                { "name": "m", "vip": "10.1.0.13", "protocol": "tcp", "port": 80, "pool": "p", "affinity": "3-tuple" }
              ] }
            """,
            [
                "services.json:2: service needs \"name\"",
                "services.json:2: service needs \"vip\"",
                "services.json:2: service needs \"protocol\"",
                "services.json:2: service needs \"port\"",
                "services.json:2: service needs \"pool\"",
                "services.json:3: vip \"10.1.0\" is neither an IP address nor a prefix",
                "services.json:4: vip \"10.1.0.1/24\" has bits set beyond its length; the prefix is 10.1.0.0/24",
                "services.json:5: vip \"10.1.0.0/33\": a prefix length is a whole number from 0 to 32",
                "services.json:6: vip \"2001:db8::1/64\" has bits set beyond its length; the prefix is 2001:db8::/64",
                "services.json:7: service e: vip 127.0.0.1 is not an address that clients can reach",
                "services.json:8: \"protocol\" must be \"tcp\" or \"udp\" or \"icmp\" or \"any\", not \"sctp\"",
                "services.json:9: service needs \"port\"",
                "services.json:10: \"port\" of a service must be a port from 1 to 65535, a range such as \"8000-8999\" or \"any\", not 0",
                "services.json:11: \"port\" of a service must be a port from 1 to 65535, a range such as \"8000-8999\" or \"any\", not \"9-8\"",
                "services.json:12: service j: port 80 needs protocol \"tcp\" or \"udp\"; with \"icmp\" the port is \"any\"",
                "services.json:13: service k: there is no pool \"q\"",
                "services.json:14: \"send\" must be \"gre\" or \"ipip\" or \"l2\" or \"gue\" or \"vxlan\" or \"geneve\", not \"vxlam\" (did you mean \"vxlan\"?)",
                "services.json:15: \"affinity\" must be \"5-tuple\" or \"source\" or \"addresses\", not \"3-tuple\" (did you mean \"5-tuple\"?)",
            ]
        },
        {
            "IPv6 addresses",
            """
            { "pools": { "p": { "backends": [
                { "name": "a", "address": "2001:db8::1" },
                { "name": "b", "address": "2001:DB8:0::0:1" },
                { "name": "c", "address": "::" },
                { "name": "d", "address": "::1" },
                { "name": "e", "address": "fe80::1" },
                { "name": "f", "address": "ff02::1" },
                { "name": "g", "address": "::ffff:192.0.2.1" },
                { "name": "h", "address": "[2001:db8::2]" }
              ] } }, "services": [
                { "name": "a", "vip": "::", "protocol": "any", "pool": "p" },
                { "name": "b", "vip": "::1", "protocol": "any", "pool": "p" },
                { "name": "c", "vip": "fe80::/64", "protocol": "any", "pool": "p" },
                { "name": "d", "vip": "ff0e::1", "protocol": "any", "pool": "p" },
                { "name": "e", "vip": "::ffff:10.1.0.1", "protocol": "any", "pool": "p" },
                { "name": "f", "vip": "::ffff:10.1.0.0/112", "protocol": "any", "pool": "p" },
                { "name": "g", "vip": "f000::/4", "protocol": "any", "pool": "p" },
                { "name": "h", "vip": "::/3", "protocol": "any", "pool": "p" },
                { "name": "i", "vip": "2001:db8::/129", "protocol": "any", "pool": "p" }
              ] }
            """,
            [
                "services.json:3: backend p/b: address 2001:db8::1 is already that of backend p/a (line 2)",
                "services.json:4: backend p/c: address :: is not the address of one server",
                "services.json:5: backend p/d: address ::1 is not the address of one server",
                "services.json:6: backend p/e: address fe80::1 is link-local, which does not say on which link; a global or unique local one does",
                "services.json:7: backend p/f: address ff02::1 is not the address of one server",
                "services.json:8: backend p/g: address ::ffff:192.0.2.1 is IPv4: write 192.0.2.1",
                "services.json:9: \"address\" of a backend must be an IP address, not \"[2001:db8::2]\"",
                "services.json:11: service a: vip :: is not an address that clients can reach",
                "services.json:12: service b: vip ::1 is not an address that clients can reach",
                "services.json:13: service c: vip fe80::/64 is not an address that clients can reach",
                "services.json:14: service d: vip ff0e::1 is not an address that clients can reach",
                "services.json:15: service e: vip ::ffff:10.1.0.1 is IPv4: write 10.1.0.1",
                "services.json:16: service f: vip ::ffff:10.1.0.0/112 is IPv4: write 10.1.0.0/16",
                "services.json:17: service g: vip f000::/4 is not an address that clients can reach",
                "services.json:18: service h: vip ::/3 is not an address that clients can reach",
                "services.json:19: vip \"2001:db8::/129\": a prefix length is a whole number from 0 to 128",
            ]
        },
        {
            "overlays and clamps",
            """
            { "pools": { "p": {} }, "services": [
                { "name": "a", "vip": "10.1.0.1", "protocol": "any", "pool": "p", "send": "vxlan" },
                { "name": "b", "vip": "10.1.0.2", "protocol": "any", "pool": "p", "send": "geneve", "vni": 7 },
                { "name": "c", "vip": "10.1.0.3", "protocol": "any", "pool": "p",
                    "vni": 7,
                    "innerDestinationMac": "02:00:00:00:00:02",
                    "innerSourceMac": "02:00:00:00:00:03" },
                { "name": "d", "vip": "10.1.0.4", "protocol": "any", "pool": "p", "send": "l2", "vni": 7 },
                { "name": "e", "vip": "10.1.0.5", "protocol": "any", "pool": "p", "send": "vxlan",
                    "vni": 16777216,
                    "innerDestinationMac": "02-00-00-00-00-02",
                    "innerSourceMac": 2 },
                { "name": "f", "vip": "10.1.0.6", "protocol": "any", "pool": "p", "send": "geneve",
                    "vni": -1,
                    "innerDestinationMac": "ff:ff:ff:ff:ff:ff",
                    "innerSourceMac": "00:00:00:00:00:00" },
                { "name": "g", "vip": "10.1.0.7", "protocol": "any", "pool": "p", "send": "vlan", "vni": 7 },
                { "name": "h", "vip": "10.1.0.8", "protocol": "any", "pool": "p", "mssClamp": 535 },
                { "name": "i", "vip": "10.1.0.9", "protocol": "any", "pool": "p", "mssClamp": 0 },
                { "name": "j", "vip": "10.1.0.10", "protocol": "tcp", "port": 80, "pool": "p", "mssClamp": 65496 },
                { "name": "k", "vip": "10.1.0.11", "protocol": "udp", "port": 80, "pool": "p",
                    "mssClamp": 1400 },
                { "name": "l", "vip": "10.1.0.12", "protocol": "icmp", "pool": "p", "mssClamp": 1400 }
              ] }
            """,
            [
                "services.json:2: service needs \"vni\"",
                "services.json:2: service needs \"innerDestinationMac\"",
                "services.json:3: service needs \"innerDestinationMac\"",
                "services.json:5: \"vni\" has no meaning for send \"gre\"",
                "services.json:6: \"innerDestinationMac\" has no meaning for send \"gre\"",
                "services.json:7: \"innerSourceMac\" has no meaning for send \"gre\"",
                "services.json:8: \"vni\" has no meaning for send \"l2\"",
                "services.json:10: service e: \"vni\" must be from 0 to 16777215, not 16777216",
                "services.json:11: \"innerDestinationMac\" of a service must be a MAC address such as \"02:00:00:00:00:01\", not \"02-00-00-00-00-02\"",
                "services.json:12: \"innerSourceMac\" of a service must be a MAC address such as \"02:00:00:00:00:01\", not 2",
                "services.json:14: service f: \"vni\" must be from 0 to 16777215, not -1",
                "services.json:15: service f: \"innerDestinationMac\" must be the address of one device, which ff:ff:ff:ff:ff:ff is not",
                "services.json:16: service f: \"innerSourceMac\" must be the address of one device, which 00:00:00:00:00:00 is not",
                "services.json:17: \"send\" must be \"gre\" or \"ipip\" or \"l2\" or \"gue\" or \"vxlan\" or \"geneve\", not \"vlan\" (did you mean \"vxlan\"?)",
                "services.json:18: \"mssClamp\" in service must be a whole number from 536 to 65495, not 535",
                "services.json:19: \"mssClamp\" in service must be a whole number from 536 to 65495, not 0",
                "services.json:20: \"mssClamp\" in service must be a whole number from 536 to 65495, not 65496",
                "services.json:22: service k: \"mssClamp\" needs protocol \"tcp\" or \"any\", not \"udp\"",
                "services.json:23: service l: \"mssClamp\" needs protocol \"tcp\" or \"any\", not \"icmp\"",
            ]
        },
        {
            "conflicting services",
            """
            { "pools": { "p": {} }, "services": [
                { "name": "a", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "b", "vip": "10.1.0.1/32", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "a", "vip": "10.1.0.2", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "c", "vip": "10.1.0.1", "protocol": "tcp", "port": "1000-2000", "pool": "p" },
                { "name": "d", "vip": "10.1.0.1", "protocol": "tcp", "port": "2000-3000", "pool": "p" },
                { "name": "e", "vip": "0.0.0.0/0", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "f", "vip": "0.0.0.0/0", "protocol": "any", "pool": "p" },
                { "name": "g", "vip": "0.0.0.0/0", "protocol": "any", "port": "any", "pool": "p" },
                { "name": "h", "vip": "::/0", "protocol": "udp", "port": 80, "pool": "p" },
                { "name": "i", "vip": "::/0", "protocol": "any", "pool": "p" },
                { "name": "j", "vip": "0::0/0", "protocol": "any", "pool": "p" },
                { "name": "k", "vip": "2001:db8::1", "protocol": "tcp", "port": 80, "pool": "p" },
                { "name": "l", "vip": "2001:db8:0::1/128", "protocol": "tcp", "port": 80, "pool": "p" }
              ] }
            """,
            [
                "services.json:3: service b: 10.1.0.1 tcp port 80 is already that of service a (line 2)",
                "services.json:4: service a is already in line 2",
                "services.json:6: service d: 10.1.0.1 tcp port 2000-3000 overlaps port 1000-2000 of service c (line 5)",
                "services.json:7: service e: vip 0.0.0.0/0 takes every packet that routers encapsulate: its protocol and port are \"any\"",
                "services.json:9: service g: 0.0.0.0/0 any port any is already that of service f (line 8)",
                "services.json:10: service h: vip ::/0 takes every packet that routers encapsulate: its protocol and port are \"any\"",
                "services.json:12: service j: ::/0 any port any is already that of service i (line 11)",
                "services.json:14: service l: 2001:db8::1 tcp port 80 is already that of service k (line 13)",
            ]
        },
    };
}
