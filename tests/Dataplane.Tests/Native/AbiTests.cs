namespace Dataplane.Tests.Native;

public sealed class AbiTests
{
    private static readonly string[] _headers =
    [
        "fcntl.h", "poll.h", "sys/mman.h", "sys/socket.h", "netinet/in.h", "netinet/udp.h", "sys/eventfd.h", "sys/syscall.h", "sys/ioctl.h", "errno.h",
        "net/if.h", "net/if_arp.h", "linux/if_xdp.h", "linux/bpf.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_tun.h",
        "linux/ethtool.h", "linux/sockios.h",
    ];

    [SkippableFact]
    public void Structures_and_constants_agree_with_the_c_headers()
    {
        Dictionary<string, ulong> ours = AbiTable.Expected();
        Skip.IfNot(File.Exists("/usr/include/linux/if_xdp.h"), "the kernel headers (linux/if_xdp.h) are not installed");
        CCompiler.AssertAgrees(ours, _headers);
    }
}
