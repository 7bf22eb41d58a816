using System.Runtime.InteropServices;
using System.Text;
using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.NetlinkAbi;

namespace RustyRail.Dataplane.Ports;

/// <summary>One rtnetlink message and its answer.</summary>
internal sealed unsafe class NetlinkRequest
{
    private readonly byte[] _message = new byte[256];
    private int _length;

    private NetlinkRequest()
    {
    }

    public static NetlinkRequest Create<TBody>(ushort type, ushort flags, TBody body)
        where TBody : unmanaged
    {
        NetlinkRequest request = new();
        MemoryMarshal.Write(request._message, new nlmsghdr { nlmsg_type = type, nlmsg_flags = (ushort)(NLM_F_REQUEST | flags), nlmsg_seq = 1 });
        MemoryMarshal.Write(request._message.AsSpan(sizeof(nlmsghdr)), body);
        request._length = sizeof(nlmsghdr) + sizeof(TBody);
        return request;
    }

    public void Add(ushort type, uint value)
    {
        MemoryMarshal.Write(_message.AsSpan(_length), new nlattr { nla_len = (ushort)(sizeof(nlattr) + sizeof(uint)), nla_type = type });
        MemoryMarshal.Write(_message.AsSpan(_length + sizeof(nlattr)), value);
        _length += sizeof(nlattr) + sizeof(uint);
    }

    /// <summary>As the kernel's C strings: with a zero at the end.</summary>
    public void Add(ushort type, string text)
    {
        Span<byte> payload = _message.AsSpan(_length + sizeof(nlattr));
        int bytes = Encoding.UTF8.GetBytes(text, payload);
        payload[bytes++] = 0;
        MemoryMarshal.Write(_message.AsSpan(_length), new nlattr { nla_len = (ushort)(sizeof(nlattr) + bytes), nla_type = type });
        _length += Align(sizeof(nlattr) + bytes);
    }

    /// <summary>Everything that is added until <see cref="End"/> goes into the attribute.</summary>
    public int Begin(ushort type)
    {
        MemoryMarshal.Write(_message.AsSpan(_length), new nlattr { nla_type = (ushort)(type | NLA_F_NESTED) });
        int start = _length;
        _length += sizeof(nlattr);
        return start;
    }

    public void End(int start) => MemoryMarshal.Write(_message.AsSpan(start), (ushort)(_length - start));

    /// <summary>Sends and returns the answer: a whole message with its header.</summary>
    public ReadOnlySpan<byte> Exchange()
    {
        using SafeFd fd = Send();
        byte[] answer = new byte[1 << 16];
        Receive(fd, answer);
        int length = Math.Min(answer.Length, (int)MemoryMarshal.Read<nlmsghdr>(answer).nlmsg_len);
        return answer.AsSpan(0, length);
    }

    /// <summary>Sends a question with NLM_F_DUMP and returns all messages of the answer.</summary>
    public List<byte[]> Dump()
    {
        using SafeFd fd = Send();
        List<byte[]> messages = [];
        byte[] answer = new byte[1 << 16];
        while (true)
        {
            ReadOnlySpan<byte> left = answer.AsSpan(0, Receive(fd, answer));
            while (left.Length >= sizeof(nlmsghdr))
            {
                nlmsghdr header = MemoryMarshal.Read<nlmsghdr>(left);
                int length = (int)Math.Min(header.nlmsg_len, (uint)left.Length);
                if (header.nlmsg_type == NLMSG_DONE || length < sizeof(nlmsghdr)) return messages;
                if (header.nlmsg_type == NLMSG_ERROR) throw new NativeException("rtnetlink(dump)", ReadError(left[..length]).Errno);
                messages.Add(left[..length].ToArray());
                left = left[Math.Min(Align(length), left.Length)..];
            }
        }
    }

    private SafeFd Send()
    {
        SafeFd fd = SafeFd.Take(Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_ROUTE), "socket(AF_NETLINK)");
        int on = 1;
        // Reasons in words and errors without the echoed request; both are conveniences of newer kernels.
        _ = Libc.setsockopt(fd.Number, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(int));
        _ = Libc.setsockopt(fd.Number, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(int));
        MemoryMarshal.Write(_message, _length);
        sockaddr_nl kernel = new() { nl_family = Libc.AF_NETLINK };
        fixed (byte* message = _message)
        {
            if (Libc.sendto(fd.Number, message, (nuint)_length, 0, &kernel, (uint)sizeof(sockaddr_nl)) >= 0) return fd;
        }

        NativeException failure = NativeException.Last("sendto(rtnetlink)");
        fd.Dispose();
        throw failure;
    }

    private static int Receive(SafeFd fd, byte[] answer)
    {
        fixed (byte* answerAt = answer)
        {
            nint got = Libc.recv(fd.Number, answerAt, (nuint)answer.Length, 0);
            return got >= sizeof(nlmsghdr) ? (int)got : throw NativeException.Last("recv(rtnetlink)");
        }
    }

    /// <summary>The errno of an error answer, 0 for success, with the kernel's own words where it has any.</summary>
    public static (int Errno, string? Words) ReadError(ReadOnlySpan<byte> answer)
    {
        int errno = -MemoryMarshal.Read<int>(answer[sizeof(nlmsghdr)..]);
        nlmsghdr header = MemoryMarshal.Read<nlmsghdr>(answer);
        if ((header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return (errno, null);

        // Behind the error number: the request's header, the rest of the request unless capped, then attributes.
        int at = sizeof(nlmsghdr) + sizeof(int);
        nlmsghdr request = MemoryMarshal.Read<nlmsghdr>(answer[at..]);
        at += (header.nlmsg_flags & NLM_F_CAPPED) != 0 ? sizeof(nlmsghdr) : Align((int)request.nlmsg_len);
        return (errno, TryFind(answer[at..], NLMSGERR_ATTR_MSG, out ReadOnlySpan<byte> words) ? Encoding.UTF8.GetString(words).TrimEnd('\0') : null);
    }

    public static bool TryFind(ReadOnlySpan<byte> attributes, ushort type, out ReadOnlySpan<byte> payload)
    {
        while (attributes.Length >= sizeof(nlattr))
        {
            nlattr attribute = MemoryMarshal.Read<nlattr>(attributes);
            if (attribute.nla_len < sizeof(nlattr) || attribute.nla_len > attributes.Length) break;
            payload = attributes[sizeof(nlattr)..attribute.nla_len];
            if ((attribute.nla_type & 0x3FFF) == type) return true;
            attributes = attributes[Math.Min(Align(attribute.nla_len), attributes.Length)..];
        }

        payload = default;
        return false;
    }

    private static int Align(int length) => (length + 3) & ~3;
}
