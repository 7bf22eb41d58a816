using RustyRail.Dataplane.Native;

namespace Dataplane.Tests.Native;

public sealed class AbiTests
{
    private static readonly string[] _headers =
    [
        "fcntl.h", "poll.h", "signal.h", "sys/mman.h", "sys/socket.h", "netinet/in.h", "netinet/udp.h", "sys/eventfd.h", "sys/syscall.h", "sys/ioctl.h", "errno.h",
        "net/if.h", "net/if_arp.h", "linux/if_xdp.h", "linux/bpf.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_tun.h",
        "linux/ethtool.h", "linux/sockios.h", "linux/if_packet.h", "linux/if_ether.h", "linux/virtio_net.h", "linux/pkt_sched.h", "linux/pkt_cls.h",
    ];

    [SkippableFact]
    public void Structures_and_constants_agree_with_the_c_headers()
    {
        Dictionary<string, ulong> ours = AbiTable.Expected();
        Skip.IfNot(File.Exists("/usr/include/linux/if_xdp.h"), "the kernel headers (linux/if_xdp.h) are not installed");
        CCompiler.AssertAgrees(ours, _headers, "-D_GNU_SOURCE");
    }

    [SkippableFact]
    public void Attaching_by_tcx_agrees_with_c_headers_that_know_it()
    {
        const string Header = "/usr/include/linux/bpf.h";
        Skip.IfNot(File.Exists(Header) && File.ReadAllText(Header).Contains("BPF_TCX_INGRESS", StringComparison.Ordinal), $"{Header} is older than 6.6 or not there");
        CCompiler.AssertAgrees(AbiTable.ExpectedOfTcx(), ["linux/bpf.h"]);
    }

    [SkippableFact]
    public void The_budget_of_a_send_agrees_with_c_headers_that_know_it()
    {
        const string Header = "/usr/include/linux/if_xdp.h";
        Skip.IfNot(File.Exists(Header) && File.ReadAllText(Header).Contains(nameof(XskBudgetAbi.XDP_MAX_TX_SKB_BUDGET), StringComparison.Ordinal), $"{Header} is older than 6.17 or not there");
        CCompiler.AssertAgrees(AbiTable.ExpectedOfXskBudget(), ["linux/if_xdp.h"]);
    }
}
