using System.Net;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Hosting;
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
        return akka
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .AddHocon(ConfigurationFactory.FromResource("RustyRail.Actors.Hosting.cluster.conf", typeof(ClusterHosting).Assembly), HoconAddMode.Prepend)
            .WithRemoting(Remoting(options))
            .WithClustering(new Akka.Cluster.Hosting.ClusterOptions { Roles = [MembershipView.RoleOf(options.Node)] })
            .WithCustomSerializer("rustyrail", ReplicatedSerializer.Types, system => new ReplicatedSerializer(system))
            .WithCustomSerializer("rustyrail-no-fallback", [typeof(object)], system => new NoFallbackSerializer(system))
            .AddStartup((system, _) => JoinAsync(system, Akka.Cluster.Cluster.Get(system), options.Seeds));
    }

    private static RemoteOptions Remoting(ClusterOptions options)
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
        if (options.Tls is { } tls) (remoting.EnableSsl, remoting.Ssl) = (true, Ssl(tls));
        return remoting;
    }

    private static SslOptions Ssl(ClusterTls tls) => new()
    {
        X509Certificate = tls.Certificate,
        RequireMutualAuthentication = true,
        ValidateCertificateHostname = false,
        CustomValidator = (certificate, chain, peer, _, log) =>
        {
            if (tls.Refusal(certificate, chain) is not { } refusal) return true;
            log.Warning("Cluster: {0} is refused: {1}", peer, refusal);
            return false;
        },
    };

    // By itself a node waits until it is up: what comes after finds a cluster. For others it does not wait: they may come hours later.
    private static Task JoinAsync(ActorSystem system, Akka.Cluster.Cluster cluster, IReadOnlyList<IPEndPoint> seeds)
    {
        if (seeds.Count == 0) return cluster.JoinAsync(cluster.SelfAddress);
        cluster.JoinSeedNodes(seeds.Select(seed => new Address(cluster.SelfAddress.Protocol, system.Name, seed.Address.ToString(), seed.Port)));
        return Task.CompletedTask;
    }
}
