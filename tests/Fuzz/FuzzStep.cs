using System.Buffers.Binary;

namespace RustyRail.Fuzz;

/// <summary>
/// One step of a case as it lies in a file. Either an event: a byte 0x80-0xFF (the low three bits: what; the others: to which). Or a frame: a byte of flags
/// and the time behind it, with <see cref="HasRoom"/> two bytes of head and tail room, two bytes of length, the bytes.
/// </summary>
internal readonly ref struct FuzzStep
{
    private const byte Event = 0x80, Mending = 0x40, LastOfBatch = 0x20, HasRoom = 0x10, TimeMask = 0x0F;
    private const int DefaultHeadroom = 128, MaxBytes = 0x1FFF;

    /// <summary>Milliseconds from one batch to the next: within a step of the flow clock, one step, what outlives fragments, handshakes, datagrams.</summary>
    private static readonly int[] Pauses = [0, 1, 7, 50, 999, 4000, 4001, 12_000, 29_999, 30_000, 60_000, 64_000, 68_000, 304_000, 308_000, 7_444_000];

    public required bool IsEvent { get; init; }

    /// <summary>What of an event, and to which.</summary>
    public int What { get; private init; }
    public int Which { get; private init; }

    public ReadOnlySpan<byte> Frame { get; private init; }
    public int Headroom { get; private init; }
    public int Tailroom { get; private init; }
    public bool Mends { get; private init; }
    public bool EndsBatch { get; private init; }
    public int Pause { get; private init; }

    /// <summary>Takes a step off the front. Any bytes are steps; one that is cut off is shorter.</summary>
    public static FuzzStep Take(scoped ref ReadOnlySpan<byte> bytes)
    {
        byte first = bytes[0];
        bytes = bytes[1..];
        if ((first & Event) != 0) return new() { IsEvent = true, What = first & 7, Which = (first >> 3) & 15 };
        (int head, int tail) = (DefaultHeadroom, 0);
        if ((first & HasRoom) != 0 && bytes.Length >= 2)
        {
            (head, tail) = (bytes[0], bytes[1]);
            bytes = bytes[2..];
        }

        int length = 0;
        if (bytes.Length >= 2)
        {
            length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(bytes) & MaxBytes, bytes.Length - 2);
            bytes = bytes[2..];
        }

        ReadOnlySpan<byte> frame = bytes[..Math.Min(length, bytes.Length)];
        bytes = bytes[frame.Length..];
        return new()
        {
            IsEvent = false,
            Frame = frame,
            Headroom = head,
            Tailroom = tail,
            Mends = (first & Mending) != 0,
            EndsBatch = (first & LastOfBatch) != 0,
            Pause = Pauses[first & TimeMask],
        };
    }

    /// <summary>A frame as a step, for the corpus.</summary>
    public static byte[] Write(ReadOnlySpan<byte> frame, bool endsBatch, int pause = 0, (byte Head, byte Tail)? room = null) =>
    [
        (byte)(Mending | (endsBatch ? LastOfBatch : 0) | (room is null ? 0 : HasRoom) | pause),
        .. room is { } around ? new[] { around.Head, around.Tail } : [], (byte)(frame.Length >> 8), (byte)frame.Length, .. frame,
    ];

    public static byte WriteEvent(FuzzEvent what, int which) => (byte)(Event | (which << 3) | (int)what);
}

/// <summary>What may happen to the catalogue between two batches; and a frame that comes again.</summary>
internal enum FuzzEvent { Add, Remove, Drain, Fail, RemoveService, Weigh, ForgetRouters, Again }
