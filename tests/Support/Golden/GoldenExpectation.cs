using System.Collections.Immutable;
using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Verdict and reason in the words that <c>replay</c> prints, and the frame that leaves.</summary>
internal sealed record GoldenExpectation(string Verdict, Reason Reason)
{
    /// <summary>Of what is forwarded.</summary>
    public string? Service { get; private init; }

    /// <summary>Those that may be chosen; one, wherever the choice is not the point.</summary>
    public ImmutableArray<GoldenServer> Backends { get; private init; } = [];

    /// <summary>Number, from 0, of the earlier frame of the case whose backend must be this one's too.</summary>
    public int? BackendOf { get; private init; }

    /// <summary>What leaves, but for what no rule states. Null: nothing leaves, or the rules do not say what.</summary>
    public Func<Unstated, PacketBuilder>? Frame { get; private init; }

    public bool Leaves => Verdict is "forwarded" or "answered";

    public static GoldenExpectation Host => new("host", Reason.NoService);

    public static GoldenExpectation Dropped(Reason reason) => new("dropped", reason);

    /// <summary>By the service, to the only backend of its pool.</summary>
    public static GoldenExpectation Forwarded(string service, GoldenServer backend, Func<Unstated, PacketBuilder> frame) =>
        Forwarded(service, [backend], frame);

    public static GoldenExpectation Forwarded(string service, ImmutableArray<GoldenServer> backends, Func<Unstated, PacketBuilder> frame) =>
        new("forwarded", Reason.None) { Service = service, Backends = backends, Frame = frame };

    public static GoldenExpectation Answered(Reason reason, Func<Unstated, PacketBuilder>? frame) => new("answered", reason) { Frame = frame };

    public GoldenExpectation ToBackendOf(int frame) => this with { BackendOf = frame };

    /// <summary>The frame as one of the possible ones, for who looks at frames alone.</summary>
    public byte[]? Sample() => Frame?.Invoke(Unstated.Sample(Backends.IsDefaultOrEmpty ? GoldenServer.Four1 : Backends[0])).Build();

    public override string ToString() => Reason == Reason.None ? Verdict : $"{Verdict} {Reason.Name()}";
}
