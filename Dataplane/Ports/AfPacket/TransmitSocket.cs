using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.PacketAbi;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>
/// Sends frames from where they lie, many by one call. The kernel copies each and answers for each, so a slot is free at once and what
/// finds no room is known; a mapped transmit ring was slower and lost such frames without a word (docs/decisions). Receives nothing.
/// Owner: the worker thread.
/// </summary>
internal sealed unsafe class TransmitSocket : IDisposable
{
    private const int FramesPerCall = 64;

    private readonly SafeFd _fd;
    private readonly mmsghdr[] _messages = GC.AllocateArray<mmsghdr>(FramesPerCall, pinned: true);
    private readonly iovec[] _places = GC.AllocateArray<iovec>(FramesPerCall, pinned: true);
    private readonly mmsghdr* _firstMessage;
    private readonly iovec* _firstPlace;

    private TransmitSocket(SafeFd fd)
    {
        _fd = fd;
        _firstMessage = (mmsghdr*)Unsafe.AsPointer(ref _messages[0]);
        _firstPlace = (iovec*)Unsafe.AsPointer(ref _places[0]);
        for (int i = 0; i < FramesPerCall; i++)
        {
            _firstMessage[i].msg_hdr.msg_iov = _firstPlace + i;
            _firstMessage[i].msg_hdr.msg_iovlen = 1;
        }
    }

    public static TransmitSocket Open(NetDevice device, int bufferBytes)
    {
        SafeFd fd = SafeFd.Take(Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0), "socket(AF_PACKET)");
        try
        {
            // The usual limit is some two hundred small frames.
            if (Libc.setsockopt(fd.Number, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, &bufferBytes, sizeof(int)) < 0)
                throw NativeException.Last("setsockopt(SO_SNDBUFFORCE)");
            ReceiveSocket.Bind(fd, device, protocol: 0);
            return new TransmitSocket(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Returns how many left; if not all did, <paramref name="errno"/> is why the next one did not.</summary>
    public int Send(ReadOnlySpan<PacketSlot> slots, out int errno)
    {
        errno = 0;
        int sent = 0;
        while (sent < slots.Length)
        {
            int count = Math.Min(slots.Length - sent, FramesPerCall);
            iovec* place = _firstPlace;
            foreach (ref readonly PacketSlot slot in slots.Slice(sent, count))
            {
                place->iov_base = slot.Data;
                place->iov_len = (nuint)slot.Length;
                place++;
            }

            int done = Libc.sendmmsg(_fd.Number, _firstMessage, (uint)count, Libc.MSG_DONTWAIT);
            if (done < 0)
            {
                errno = Errno.Last;
                return sent;
            }

            sent += done;
        }

        return sent;
    }

    public void Dispose() => _fd.Dispose();
}
