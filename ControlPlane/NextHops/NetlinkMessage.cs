using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>One message from the kernel. Lengths are checked before they are believed.</summary>
internal readonly record struct NetlinkMessage(ushort Type, ushort Flags, uint Sequence, ReadOnlyMemory<byte> Body)
{
    private static readonly int HeaderLength = Unsafe.SizeOf<nlmsghdr>();

    public static List<NetlinkMessage> Split(ReadOnlyMemory<byte> datagram)
    {
        List<NetlinkMessage> messages = [];
        while (MemoryMarshal.TryRead(datagram.Span, out nlmsghdr header) && header.nlmsg_len >= HeaderLength && header.nlmsg_len <= datagram.Length)
        {
            int length = (int)header.nlmsg_len;
            messages.Add(new(header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq, datagram[HeaderLength..length]));
            datagram = datagram[Math.Min(Aligned(length), datagram.Length)..];
        }

        return messages;
    }

    /// <summary>The fixed part and the attributes by type; the last of a type wins, as in the kernel. False when it is cut short.</summary>
    public bool TryRead<T>(out T fixedPart, out Dictionary<int, ReadOnlyMemory<byte>> attributes) where T : unmanaged
    {
        attributes = [];
        if (!MemoryMarshal.TryRead(Body.Span, out fixedPart)) return false;
        attributes = Attributes(Body[Math.Min(Aligned(Unsafe.SizeOf<T>()), Body.Length)..]);
        return true;
    }

    public static Dictionary<int, ReadOnlyMemory<byte>> Attributes(ReadOnlyMemory<byte> bytes)
    {
        Dictionary<int, ReadOnlyMemory<byte>> attributes = [];
        int headerLength = Unsafe.SizeOf<nlattr>();
        while (MemoryMarshal.TryRead(bytes.Span, out nlattr header) && header.nla_len >= headerLength && header.nla_len <= bytes.Length)
        {
            attributes[header.nla_type & RtnetlinkAbi.NLA_TYPE_MASK] = bytes[headerLength..header.nla_len];
            bytes = bytes[Math.Min(Aligned(header.nla_len), bytes.Length)..];
        }

        return attributes;
    }

    private static int Aligned(int length) => (length + RtnetlinkAbi.NLA_ALIGNTO - 1) & ~(RtnetlinkAbi.NLA_ALIGNTO - 1);
}
