using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Hosting;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Membership;

namespace RustyRail.Actors.Hosting;

public static class ClusterHosting
{
    // The largest message is a catalogue at full capacity, written by one apply (2.3 MB with names of 63 letters).
    private const long MaxFrameBytes = 4 << 20;

    /// <summary>Remoting, cluster, logging and serializers: what every room stands on. A node by itself is a cluster of one.</summary>
    public static AkkaConfigurationBuilder WithRustyRailCluster(this AkkaConfigurationBuilder akka, ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ClusterSetup setup = new(options);
        return akka
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.ClearLoggers(); // the factory stays, its own logger does not
                loggers.AddLogger<ClusterLogger>();
            })
            .AddHocon(ConfigurationFactory.FromResource("RustyRail.Actors.Hosting.cluster.conf", typeof(ClusterHosting).Assembly), HoconAddMode.Prepend)
            .WithRemoting(Remoting(options, setup.Refusals))
            .WithClustering(new Akka.Cluster.Hosting.ClusterOptions { Roles = [MembershipView.RoleOf(options.Node), ClusterFormat.RoleOf(options.Format)] })
            .WithCustomSerializer("rustyrail", ReplicatedSerializer.Types, system => new ReplicatedSerializer(system))
            .WithCustomSerializer("rustyrail-no-fallback", [typeof(object)], system => new NoFallbackSerializer(system))
            .AddSetup(setup)
            .WithActors((system, _) => SystemEnd.VetoHandshakes(system))
            .WithActors((system, _) => system.ActorOf(Props.Create<StrayAssociationsActor>(), "stray-associations"))
            .WithActors((system, registry) =>
                system.StartStage<DoorActor>(registry, Props.Create(() => new DoorActor(options, options.Memory, setup.Refusals, TimeProvider.System)), DoorActor.Name));
    }

    private static RemoteOptions Remoting(ClusterOptions options, TlsRefusals refusals)
    {
        RemoteOptions remoting = new()
        {
            HostName = options.Address.ToString(),
            Port = options.Port,
            MaxFrameSize = MaxFrameBytes,
            SendBufferSize = 2 * MaxFrameBytes,
            ReceiveBufferSize = 2 * MaxFrameBytes,
            // With these a partition heals in 5-10 s instead of 40.
            TransportFailureDetector = new DeadlineFailureDetectorOptions
            {
                HeartbeatInterval = TimeSpan.FromSeconds(2),
                AcceptableHeartbeatPause = TimeSpan.FromSeconds(8),
            },
        };
        if (options.Tls is { } tls) (remoting.EnableSsl, remoting.Ssl) = (true, Ssl(tls, refusals));
        return remoting;
    }

    private static SslOptions Ssl(ClusterTls tls, TlsRefusals refusals) => new()
    {
        X509Certificate = tls.Certificate,
        RequireMutualAuthentication = true,
        ValidateCertificateHostname = false,
        CustomValidator = (certificate, chain, peer, _, log) =>
        {
            if (tls.Refusal(certificate, chain) is not { } refusal) return true;
            // By address: a stranger has another port each time.
            string address = ClusterLogger.AddressIn(peer);
            string line = $"{address} is refused: {refusal}";
            if (refusals.TryNote(address, line, hasReason: true)) log.Warning("{0}{1}", ClusterLogger.Ours, line);
            return false;
        },
    };
}
