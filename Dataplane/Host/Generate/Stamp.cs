using System.Security.Cryptography;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>
/// A frame's last bytes, from an even distance on: whose run it is of, its number, when it was made (nanoseconds of CLOCK_MONOTONIC), in the machine's order. At the
/// end they are found in whatever form the frame comes back.
/// </summary>
internal static class Stamp
{
    public const int Bytes = 16;
    public const short RunAt = 0, NumberAt = 4, TimeAt = 8;

    /// <summary>Another one each time, so that latecomers of a run before are nobody's. Positive, so that an instruction can hold it.</summary>
    public static int DrawRun() => RandomNumberGenerator.GetInt32(1 << 24, int.MaxValue);

    /// <summary>Packets with these numbers draw their flows evenly over all of them: multiples of the golden ratio.</summary>
    public const int FlowFactor = unchecked((int)0x9E3779B1);

    public static int FlowOf(uint number, int flows) => (int)(((ulong)(number * unchecked((uint)FlowFactor)) * (uint)flows) >> 32);
}
