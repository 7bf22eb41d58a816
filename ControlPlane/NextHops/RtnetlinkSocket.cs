using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>
/// A routing socket of the namespace that the opening thread is in. Either asked (one caller at a time) or listened to.
/// The platform's Socket carries it: its poll loop knows any descriptor, so no thread waits here.
/// </summary>
internal sealed class RtnetlinkSocket : IDisposable
{
    // The kernel's dump messages are at most 32 KiB.
    private const int BufferBytes = 64 << 10;
    private const int NotificationBacklogBytes = 1 << 20;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private uint _sequence;

    private RtnetlinkSocket(Socket socket) => _socket = socket;

    /// <param name="groups">RTNLGRP_ numbers whose notifications this socket gets; none for a socket that asks.</param>
    public static RtnetlinkSocket Open(params ReadOnlySpan<int> groups)
    {
        int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, RtnetlinkAbi.NETLINK_ROUTE);
        if (fd < 0) throw new RtnetlinkException("socket(AF_NETLINK)", Marshal.GetLastPInvokeError());
        sockaddr_nl address = new() { nl_family = Libc.AF_NETLINK };
        if (Libc.bind(fd, address, Unsafe.SizeOf<sockaddr_nl>()) < 0)
        {
            RtnetlinkException refused = new("bind(AF_NETLINK)", Marshal.GetLastPInvokeError());
            _ = Libc.close(fd);
            throw refused;
        }

        Socket socket = new(new SafeSocketHandle(fd, ownsHandle: true)) { ReceiveTimeout = (int)AnswerTimeout.TotalMilliseconds };
        Set(socket, RtnetlinkAbi.NETLINK_EXT_ACK, 1);
        Set(socket, RtnetlinkAbi.NETLINK_CAP_ACK, 1);
        if (groups.Length > 0) socket.ReceiveBufferSize = NotificationBacklogBytes;
        foreach (int group in groups) Set(socket, RtnetlinkAbi.NETLINK_ADD_MEMBERSHIP, group);
        return new RtnetlinkSocket(socket);
    }

    /// <summary>Sends a request and returns its answers, without the acknowledgement that ends them.</summary>
    /// <exception cref="RtnetlinkException">The kernel says no, or (EINTR) a dump was interrupted by a change and is incomplete.</exception>
    public List<NetlinkMessage> Ask(NetlinkRequest request)
    {
        _socket.Send(request.Finish(++_sequence));
        List<NetlinkMessage> answers = [];
        bool interrupted = false;
        while (true)
        {
            int received = _socket.Receive(_buffer);
            foreach (NetlinkMessage message in NetlinkMessage.Split(_buffer.AsSpan(0, received).ToArray()))
            {
                if (message.Sequence != _sequence) continue;    // of a request that timed out
                interrupted |= (message.Flags & RtnetlinkAbi.NLM_F_DUMP_INTR) != 0;
                bool isEnd = message.Type is RtnetlinkAbi.NLMSG_ERROR or RtnetlinkAbi.NLMSG_DONE;
                if (!isEnd)
                {
                    answers.Add(message);
                    continue;
                }

                ThrowIfRefused(request, message);
                return interrupted ? throw new RtnetlinkException(request.Name, Libc.EINTR) : answers;
            }
        }
    }

    /// <summary>The next notifications. A SocketException with NoBufferSpaceAvailable means that some were lost and the socket goes on.</summary>
    public async Task<List<NetlinkMessage>> ReceiveAsync()
    {
        int received = await _socket.ReceiveAsync(_buffer).ConfigureAwait(false);
        return NetlinkMessage.Split(_buffer.AsSpan(0, received).ToArray());
    }

    public void Dispose() => _socket.Dispose();

    private static void Set(Socket socket, int option, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        socket.SetRawSocketOption(RtnetlinkAbi.SOL_NETLINK, option, bytes);
    }

    // An error message is a negative errno, the header of the request and, since NETLINK_EXT_ACK, attributes with a reason in words.
    private static void ThrowIfRefused(NetlinkRequest request, NetlinkMessage end)
    {
        if (!MemoryMarshal.TryRead(end.Body.Span, out int result) || result >= 0) return;
        int attributesAt = sizeof(int) + Unsafe.SizeOf<nlmsghdr>();
        string? words = null;
        if ((end.Flags & RtnetlinkAbi.NLM_F_ACK_TLVS) != 0 && end.Body.Length > attributesAt
            && NetlinkMessage.Attributes(end.Body[attributesAt..]).TryGetValue(RtnetlinkAbi.NLMSGERR_ATTR_MSG, out ReadOnlyMemory<byte> text))
        {
            words = Encoding.UTF8.GetString(text.Span).TrimEnd('\0');
        }

        throw new RtnetlinkException(request.Name, -result, words);
    }
}
