using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;

namespace Dataplane.Tests.Packets;

public sealed class HeaderLayoutTests
{
    [Fact]
    public void Wire_records_have_their_wire_size()
    {
        Assert.Equal(EthernetHeader.Size, Unsafe.SizeOf<EthernetHeader>());
        Assert.Equal(Ipv4Header.Size, Unsafe.SizeOf<Ipv4Header>());
        Assert.Equal(GreHeader.Size, Unsafe.SizeOf<GreHeader>());
        Assert.Equal(TcpHeader.Size, Unsafe.SizeOf<TcpHeader>());
        Assert.Equal(UdpHeader.Size, Unsafe.SizeOf<UdpHeader>());
    }

    [Fact]
    public void Region_records_have_the_size_that_the_layout_version_names()
    {
        Assert.Equal(16, Unsafe.SizeOf<FlowEntry>());
        Assert.Equal(16, Unsafe.SizeOf<ExceptionEntry>());
        Assert.Equal(128, Unsafe.SizeOf<ReaderLine>());
        Assert.Equal(4096, Unsafe.SizeOf<RegionHeader>());
        Assert.Equal(1024, Unsafe.SizeOf<WorkerCounterBlock>());
        Assert.Equal(64, Unsafe.SizeOf<BackendRecord>());
        Assert.Equal(64, Unsafe.SizeOf<ServiceRecord>());
        Assert.Equal(40, Unsafe.SizeOf<Ipv6FlowEntry>());
        Assert.Equal(128, Unsafe.SizeOf<Ipv6FlowBucket>());
        Assert.Equal(32, Unsafe.SizeOf<VipEntry>());
        Assert.Equal(256, Unsafe.SizeOf<SampledPacket>());
    }

    [Theory]
    [InlineData(0x0000, 4, false)]
    [InlineData(0x8000, 8, true)]
    [InlineData(0x2000, 8, false)]
    [InlineData(0x1000, 8, false)]
    [InlineData(0xB000, 16, true)]
    public void GRE_flags_say_how_long_the_header_is(int flags, int length, bool hasChecksum)
    {
        GreHeader header = default;
        header.FlagsAndVersion.Value = (ushort)flags;
        Assert.Equal(length, header.HeaderLength);
        Assert.Equal(hasChecksum, header.HasChecksum);
    }
}
