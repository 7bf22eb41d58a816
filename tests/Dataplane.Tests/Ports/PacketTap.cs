using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;

namespace Dataplane.Tests.Ports;

/// <summary>Raw sending and receiving on a device (AF_PACKET): the far end of the cable in tests.</summary>
internal sealed unsafe class PacketTap : IDisposable
{
    private const int AfPacket = 17;

    private readonly SafeFd _fd;

    public PacketTap(string device)
    {
        using NetDevice found = NetDevice.Find(device);
        ushort everything = BinaryPrimitives.ReverseEndianness((ushort)3); // ETH_P_ALL
        _fd = SafeFd.Take(Libc.socket(AfPacket, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, everything), "socket(AF_PACKET)");
        byte* address = stackalloc byte[20]; // sockaddr_ll
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = AfPacket;
        *(ushort*)(address + 2) = everything;
        *(int*)(address + 4) = found.Index;
        if (Libc.bind(_fd.Number, address, 20) < 0) throw NativeException.Last("bind(AF_PACKET)");
        int bytes = 8 << 20;
        _ = Libc.setsockopt(_fd.Number, Libc.SOL_SOCKET, 33, &bytes, sizeof(int)); // SO_RCVBUFFORCE
    }

    public void Send(byte[] frame)
    {
        fixed (byte* bytes = frame)
        {
            if (Libc.sendto(_fd.Number, bytes, (nuint)frame.Length, 0, null, 0) >= 0) return;

            // A link that was down in the meantime is reported once, to whoever asks next.
            bool again = Errno.Last == Errno.ENETDOWN && Libc.sendto(_fd.Number, bytes, (nuint)frame.Length, 0, null, 0) >= 0;
            if (!again) throw NativeException.Last("sendto(AF_PACKET)");
        }
    }

    public void Send(byte[] frame, int times)
    {
        for (int i = 0; i < times; i++) Send(frame);
    }

    /// <summary>Counts frames that fit until there are enough or the time is over; what the tap sent itself it does not see.</summary>
    public int Count(Func<byte[], bool> fits, int enough, TimeSpan patience)
    {
        int count = 0;
        long started = Stopwatch.GetTimestamp();
        byte[] buffer = new byte[65536];
        while (count < enough)
        {
            int left = (int)(patience - Stopwatch.GetElapsedTime(started)).TotalMilliseconds;
            if (left <= 0) break;
            pollfd wait = new() { fd = _fd.Number, events = Libc.POLLIN };
            if (Libc.poll(&wait, 1, left) <= 0) continue;
            fixed (byte* bytes = buffer)
            {
                nint got = Libc.recv(_fd.Number, bytes, (nuint)buffer.Length, Libc.MSG_DONTWAIT);
                if (got > 0 && fits(buffer[..(int)got])) count++;
            }
        }

        return count;
    }

    /// <summary>Looks at each frame that waits already.</summary>
    public void TakePresent(ReadOnlySpanAction<byte, int> look)
    {
        byte[] buffer = new byte[65536];
        fixed (byte* bytes = buffer)
        {
            for (nint got = Next(bytes, buffer.Length); got > 0; got = Next(bytes, buffer.Length)) look(new ReadOnlySpan<byte>(bytes, (int)got), 0);
        }
    }

    /// <summary>Frames that wait already.</summary>
    public int CountPresent(Func<byte[], bool> fits)
    {
        int count = 0;
        byte[] buffer = new byte[65536];
        fixed (byte* bytes = buffer)
        {
            for (nint got = Next(bytes, buffer.Length); got > 0; got = Next(bytes, buffer.Length))
            {
                if (fits(buffer[..(int)got])) count++;
            }
        }

        return count;
    }

    public void Dispose() => _fd.Dispose();

    private nint Next(byte* bytes, int length) => Libc.recv(_fd.Number, bytes, (nuint)length, Libc.MSG_DONTWAIT);
}
