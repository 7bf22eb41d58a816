using System.Collections.Immutable;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>
/// Frames in the order in which they arrive, and what must become of each: read from docs/design/packet-classes.md and the RFCs, never from what the
/// code does. Most have one; the others need what the earlier ones leave behind (flows, fragments).
/// </summary>
/// <param name="Name">A fragment of a sentence, unique in the table.</param>
internal sealed record GoldenCase(string Name, GoldenCatalogue Catalogue)
{
    public ImmutableList<GoldenFrame> Frames { get; private init; } = [];

    /// <summary>The rule looks at the device's own address: a capture's replay has none.</summary>
    public bool NeedsDevice { get; init; }

    /// <summary>Something inside is wrong on purpose and leaves as it came; an analyser will say so.</summary>
    public bool IsFlawed { get; init; }

    public GoldenCase Send(PacketBuilder frame, GoldenExpectation expected) => Send(frame.Build(), expected);

    public GoldenCase SendPlain(PacketBuilder packet, GoldenExpectation expected) => Send(Came.Plain.Then(packet), expected);

    public GoldenCase SendInGre4(PacketBuilder packet, GoldenExpectation expected) => Send(Came.InGre4().Then(packet), expected);

    public GoldenCase SendInGre6(PacketBuilder packet, GoldenExpectation expected) => Send(Came.InGre6().Then(packet), expected);

    public GoldenCase Send(byte[] frame, GoldenExpectation expected) => this with { Frames = Frames.Add(new GoldenFrame(frame, expected)) };

    public override string ToString() => Name;
}

internal sealed record GoldenFrame(byte[] Input, GoldenExpectation Expected);
