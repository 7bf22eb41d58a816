using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using TestLibc = RustyRail.Tests.Support.Native.Libc;

namespace Dataplane.Tests.Golden;

/// <summary>Receives on a device (AF_PACKET), VLAN tags included: the kernel takes the outermost one off and tells it beside the frame.</summary>
internal sealed unsafe class WholeFrameTap : IDisposable
{
    private const int AfPacket = 17, SolPacket = 263, PacketAuxdata = 8, PacketIgnoreOutgoing = 23, ReceiveBufferForce = 33;
    private const uint TagIsThere = 1 << 4;
    private const int MaxFrameBytes = 65536, EtherTypeAt = 12, ControlBytes = 64;

    private readonly SafeFd _fd;

    public WholeFrameTap(string device)
    {
        using NetDevice found = NetDevice.Find(device);
        ushort everything = BinaryPrimitives.ReverseEndianness((ushort)3); // ETH_P_ALL
        _fd = SafeFd.Take(Libc.socket(AfPacket, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, everything), "socket(AF_PACKET)");
        int on = 1, bytes = 8 << 20;
        if (Libc.setsockopt(_fd.Number, SolPacket, PacketAuxdata, &on, sizeof(int)) < 0) throw NativeException.Last("setsockopt(PACKET_AUXDATA)");
        if (Libc.setsockopt(_fd.Number, SolPacket, PacketIgnoreOutgoing, &on, sizeof(int)) < 0) throw NativeException.Last("setsockopt(PACKET_IGNORE_OUTGOING)");
        _ = Libc.setsockopt(_fd.Number, Libc.SOL_SOCKET, ReceiveBufferForce, &bytes, sizeof(int));
        byte* address = stackalloc byte[20]; // sockaddr_ll
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = AfPacket;
        *(ushort*)(address + 2) = everything;
        *(int*)(address + 4) = found.Index;
        if (Libc.bind(_fd.Number, address, 20) < 0) throw NativeException.Last("bind(AF_PACKET)");
    }

    /// <summary>The next frame that fits, or null when the time is over.</summary>
    public byte[]? Next(Func<byte[], bool> fits, TimeSpan patience)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            int left = (int)Math.Max(0, (patience - Stopwatch.GetElapsedTime(started)).TotalMilliseconds);
            pollfd wait = new() { fd = _fd.Number, events = Libc.POLLIN };
            if (Libc.poll(&wait, 1, left) <= 0) return null;
            byte[]? frame = Receive();
            if (frame != null && fits(frame)) return frame;
        }
    }

    /// <summary>What waits already is not of interest.</summary>
    public void Forget()
    {
        while (Next(_ => true, TimeSpan.Zero) != null)
        {
        }
    }

    public void Dispose() => _fd.Dispose();

    private byte[]? Receive()
    {
        byte[] buffer = new byte[MaxFrameBytes];
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* bytes = buffer)
        {
            TestLibc.Vector vector = new() { Base = bytes, Length = MaxFrameBytes };
            TestLibc.Message message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlBytes };
            nint got = TestLibc.recvmsg(_fd.Number, &message, Libc.MSG_DONTWAIT);
            if (got <= 0) return null;
            byte[] frame = buffer[..(int)got];
            return message.ControlLength >= (nuint)(sizeof(ControlHeader) + sizeof(Auxdata)) ? WithTag(frame, *(Auxdata*)(control + sizeof(ControlHeader))) : frame;
        }
    }

    private static byte[] WithTag(byte[] frame, in Auxdata beside) => (beside.Status & TagIsThere) == 0
        ? frame
        : [.. frame[..EtherTypeAt], (byte)(beside.TagType >> 8), (byte)beside.TagType, (byte)(beside.Tag >> 8), (byte)beside.Tag, .. frame[EtherTypeAt..]];

    [StructLayout(LayoutKind.Sequential)]
    private struct ControlHeader
    {
        public nuint Length;
        public int Level, Type;
    }

    /// <summary>struct tpacket_auxdata.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Auxdata
    {
        public uint Status, Length, CapturedLength;
        public ushort Mac, Net, Tag, TagType;
    }
}
