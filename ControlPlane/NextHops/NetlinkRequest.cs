using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>One message to the kernel, written front to back: header, fixed part, attributes.</summary>
internal sealed class NetlinkRequest
{
    private readonly List<byte> _bytes = [];

    private NetlinkRequest(string name) => Name = name;

    /// <summary>For error messages: <c>RTM_GETROUTE 192.0.2.1</c>.</summary>
    public string Name { get; }

    public static NetlinkRequest Create<T>(ushort type, int flags, in T fixedPart, string name) where T : unmanaged
    {
        NetlinkRequest request = new(name);
        request.Append(new nlmsghdr { nlmsg_type = type, nlmsg_flags = (ushort)(flags | RtnetlinkAbi.NLM_F_REQUEST) });
        request.Append(fixedPart);
        return request;
    }

    public NetlinkRequest With(ushort attribute, ReadOnlySpan<byte> value)
    {
        Append(new nlattr { nla_len = (ushort)(Unsafe.SizeOf<nlattr>() + value.Length), nla_type = attribute });
        _bytes.AddRange(value);
        while (_bytes.Count % RtnetlinkAbi.NLA_ALIGNTO != 0) _bytes.Add(0);
        return this;
    }

    public byte[] Finish(uint sequence)
    {
        byte[] bytes = [.. _bytes];
        ref nlmsghdr header = ref MemoryMarshal.AsRef<nlmsghdr>(bytes.AsSpan());
        header.nlmsg_len = (uint)bytes.Length;
        header.nlmsg_seq = sequence;
        return bytes;
    }

    private void Append<T>(in T part) where T : unmanaged => _bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in part)));
}
