using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Tests.Catalogue;

namespace RustyRail.Actors.Tests.Formation;

/// <summary>Whoever has no certificate of the authority changes nothing, whichever side connects.</summary>
#pragma warning disable CA5359 // the strangers of these tests trust anybody; whom the node trusts is what is tested
public sealed class StrangersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Bytes_of_a_stranger_at_the_port_and_a_stranger_at_a_seeds_address_end_nothing()
    {
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 authority = Authority(authorityKey);
        using X509Certificate2 own = Node(authority);
        using ECDsa otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 otherAuthority = Authority(otherKey);
        using X509Certificate2 others = Node(otherAuthority);
        using TcpListener stranger = new(IPAddress.Loopback, 0);
        stranger.Start();
        ActorSystem system = null!;
        await using ActorSystemIncarnations node = new(
            "rustyrail",
            (akka, _) => akka
                .WithRustyRailCluster(new ClusterOptions { Node = "lb1", Seeds = [(IPEndPoint)stranger.LocalEndpoint], Tls = new ClusterTls(own, [authority]) })
                .WithCatalogue(new CatalogueOptions { Node = "lb1", Limits = Samples.Limits })
                .WithMembership("lb1")
                .AddStartup((started, _) => system = started),
            NullLoggerFactory.Instance,
            TimeProvider.System);
        await node.StartAsync(CancellationToken.None);

        // As a server with the wrong certificate: the node refuses it, three times over.
        for (int refused = 0; refused < 3; refused++)
        {
            using TcpClient connection = await stranger.AcceptTcpClientAsync().WaitAsync(Patience);
            await using SslStream tls = new(connection.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = others, ClientCertificateRequired = true }).WaitAsync(Patience);
                await tls.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience);
            });
        }

        // As a client: noise, and a TLS client with the wrong certificate.
        int port = Cluster.Get(system).SelfAddress.Port!.Value;
        using (TcpClient noise = new())
        {
            await noise.ConnectAsync(IPAddress.Loopback, port);
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                for (int sent = 0; sent < 64; sent++) await noise.GetStream().WriteAsync(RandomNumberGenerator.GetBytes(1 << 16));
                await noise.GetStream().ReadExactlyAsync(new byte[1 << 16]).AsTask().WaitAsync(Patience);
            });
        }

        using (TcpClient client = new())
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            await using SslStream tls = new(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "lb1", ClientCertificates = [others] }).WaitAsync(Patience);
                await tls.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience);
            });
        }

        Assert.Equal(1, node.Started);
        Assert.False(system.WhenTerminated.IsCompleted);
        Assert.Empty(Cluster.Get(system).State.Members);
    }

    private static X509Certificate2 Authority(ECDsa key)
    {
        CertificateRequest request = new("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Node(X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=lb1", key, HashAlgorithmName.SHA256);
        using X509Certificate2 signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
