using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Dataplane.Tests.Ports;
using RustyRail.Actors.BackendHealth;
using RustyRail.Contract.Specification;
using Xunit.Abstractions;
using static Actors.Tests.SampleSpecs;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace Actors.Tests.BackendHealth;

/// <summary>Real sockets, real time: how long after a fault a backend is reported down, and that it comes back by itself.</summary>
public sealed class FaultTimingTests(ITestOutputHelper output) : TestKit
{
    private const int Port = 8080;
    private static readonly HealthSpec Tcp = SampleSpecs.Tcp(intervalSeconds: 0.2, timeoutSeconds: 0.1, port: Port);
    private static readonly HealthSpec Http = Tcp with { Type = HealthCheckType.Http, Path = "/" };
    private static readonly HealthSpec Icmp = Tcp with { Type = HealthCheckType.Icmp };
    private static readonly TimeSpan Promised = Tcp.Fall * (Tcp.Interval + Tcp.Timeout) + TimeSpan.FromMilliseconds(120);

    [SkippableFact]
    public void A_server_that_refuses_tcp() => Measure(Tcp, (_, server) => server.Dispose(), NewServer, "connection refused");

    [SkippableFact]
    public void A_server_that_refuses_http() => Measure(Http, (_, server) => server.Dispose(), NewServer, "connection refused");

    [SkippableFact]
    public void A_server_that_goes_silent_on_tcp() => Measure(Tcp, (place, _) => place.Silence(Port), Heal, "no answer within 100 ms");

    [SkippableFact]
    public void A_server_that_goes_silent_on_http() => Measure(Http, (place, _) => place.Silence(Port), Heal, "no answer within 100 ms");

    [SkippableFact]
    public void A_server_that_goes_silent_on_icmp() => Measure(Icmp, (place, _) => place.SilenceEcho(), Heal, "no answer within 100 ms");

    private void Measure(HealthSpec check, Action<NetworkNamespace, OneAnswerServer> fail, Func<NetworkNamespace, OneAnswerServer?> heal, string reason)
    {
        using NetworkNamespace place = NetworkNamespace.CreateOrSkip();
        OneAnswerServer server = NewServer(place)!;
        TestProbe catalogue = CreateTestProbe();
        ProbeSource probes = target => new ProbeFrom(place, Probes.For(target)!);
        InheritHealth nothing = new([], []);
        IActorRef health = Sys.ActorOf(Props.Create(() => new BackendHealthActor(catalogue, probes, new BackendHealthOptions(), TimeProvider.System, nothing)));
        health.Tell(new SubscribeToHealth(), TestActor);
        catalogue.ExpectMsg<SubscribeToCatalogue>();
        catalogue.Reply(Changed(Pool(check, Backend("a", "127.0.0.1"))));
        Await(Health.Up);

        long failed = Stopwatch.GetTimestamp();
        fail(place, server);
        string seen = Await(Health.Down);
        TimeSpan down = Stopwatch.GetElapsedTime(failed);

        long healed = Stopwatch.GetTimestamp();
        OneAnswerServer? next = heal(place);
        Await(Health.Up);
        TimeSpan up = Stopwatch.GetElapsedTime(healed);
        Watch(health);
        Sys.Stop(health);
        FishForMessage(message => message is Terminated);
        (next ?? server).Dispose();

        output.WriteLine($"measured: down after {down.TotalMilliseconds:0} ms (promised {Promised.TotalMilliseconds:0}), up again after {up.TotalMilliseconds:0} ms");
        Assert.Equal(reason, seen);
        // The exact bound is HealthProbeActorTests'; here a busy machine and the time that nft takes count too.
        Assert.InRange(down, TimeSpan.Zero, Promised + TimeSpan.FromSeconds(2));
        Assert.InRange(up, TimeSpan.Zero, check.Rise * (check.Interval + check.Timeout) + TimeSpan.FromSeconds(1));
    }

    private string Await(Health health)
    {
        HealthState? state = null;
        FishForMessage(
            message => message is HealthReport report && report.Backends.TryGetValue(Id("a"), out state) && state.Health == health,
            TimeSpan.FromSeconds(10));
        return state!.Reason;
    }

    private static OneAnswerServer? NewServer(NetworkNamespace place) => place.Run(() => new OneAnswerServer("HTTP/1.1 200 OK\r\n\r\n", Port));

    private static OneAnswerServer? Heal(NetworkNamespace place)
    {
        place.Heal();
        return null;
    }

    /// <summary>Opens the probe's sockets in a namespace.</summary>
    private sealed class ProbeFrom(NetworkNamespace place, IProbe probe) : IProbe
    {
        public Task<ProbeResult> RunAsync(CancellationToken cancel) => place.Run(() => probe.RunAsync(cancel));
    }
}
