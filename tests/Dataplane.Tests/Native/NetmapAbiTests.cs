using System.Reflection;
using RustyRail.Dataplane.Native;

namespace Dataplane.Tests.Native;

/// <summary>netmap's header is not on most machines: its directory comes by environment.</summary>
public sealed class NetmapAbiTests
{
    private const string Variable = "RUSTYRAIL_NETMAP_H";

    // Names of our own, and what the kernel keeps behind a structure.
    private static readonly HashSet<string> _ours = [nameof(NetmapAbi.DevicePath), nameof(NetmapAbi.FirstBuffer)];

    [SkippableFact]
    public void Structures_and_constants_agree_with_netmaps_header()
    {
        string? header = Environment.GetEnvironmentVariable(Variable);
        Skip.If(string.IsNullOrEmpty(header), $"{Variable} does not name a net/netmap.h");
        Assert.True(File.Exists(header), $"{Variable}: {header} does not exist");

        Dictionary<string, ulong> ours = [];
        foreach (FieldInfo constant in typeof(NetmapAbi).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (!_ours.Contains(constant.Name)) AbiTable.AddConstant(ours, constant);
        }

        foreach (Type type in typeof(NetmapAbi).GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public))
        {
            if (type.Name.Contains('<', StringComparison.Ordinal)) continue;
            AbiTable.AddStructure(ours, type);
        }

        ours.Add("offsetof(struct netmap_if, ring_ofs)", NetmapAbi.netmap_if.RingOffsetsAt);
        ours.Add("offsetof(struct netmap_ring, slot)", NetmapAbi.netmap_ring.SlotsAt);
        Assert.True(ours.Count > 80, $"only {ours.Count} facts were found");
        string directory = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(header!)))!;
        CCompiler.AssertAgrees(ours, ["sys/ioctl.h", "net/if.h", "stdint.h", "sys/time.h", "net/netmap.h"], "-I", directory);
    }
}
