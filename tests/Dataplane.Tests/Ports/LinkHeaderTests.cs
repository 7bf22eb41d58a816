using Dataplane.Tests.Ports.Xdp;
using RustyRail.Dataplane.Ports;

namespace Dataplane.Tests.Ports;

public sealed unsafe class LinkHeaderTests
{
    [Theory]
    [InlineData(14)]
    [InlineData(18, 0x8100)]
    [InlineData(18, 0x88A8)]
    [InlineData(22, 0x88A8, 0x8100)]
    public void A_header_ends_behind_its_tags_and_is_none_where_the_frame_cuts_it_off(int bytes, params int[] tags)
    {
        byte[] frame = WireBytes.Frame(WireBytes.To("2001:db8::1"), tags);
        for (int length = 0; length <= frame.Length; length++)
        {
            LinkHeader header = Of(frame, length);
            Assert.Equal(length < bytes ? 0 : bytes, header.Bytes);
            Assert.Equal(length >= bytes, header.IsIp);
        }
    }

    [Theory]
    [InlineData(0x0800, true)]
    [InlineData(0x86DD, true)]
    [InlineData(0x0806, false)]
    [InlineData(0x8100, false)]
    [InlineData(0x0008, false)]
    public void Two_tags_are_the_most(int type, bool isIp)
    {
        LinkHeader header = Of(WireBytes.Tagged(new byte[40], type, 0x88A8, 0x8100), length: 62);
        Assert.Equal((22, isIp), (header.Bytes, header.IsIp));
    }

    // The rest of the frame is not there: what reads it would see other memory's types.
    private static LinkHeader Of(byte[] frame, int length)
    {
        byte[] cut = [.. frame.AsSpan(0, length), 0x81, 0, 0x81, 0, 0x81, 0];
        fixed (byte* data = cut) return LinkHeader.Of(new PacketSlot { Data = data, Length = length });
    }
}
