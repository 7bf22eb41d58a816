using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RustyRail.Actors.Tables;
using RustyRail.ControlPlane.NextHops;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace ControlPlane.Tests.NextHops;

public sealed class NextHopHostingTests
{
    [Fact]
    public async Task The_stage_is_found_under_its_key_and_answers()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka("next-hop-hosting", akka => akka.WithNextHops("no-such-dev"));
        using IHost host = builder.Build();
        await host.StartAsync();
        IActorRef stage = host.Services.GetRequiredService<IRequiredActor<NextHopActorKey>>().ActorRef;

        NextHopsChanged answer = await stage.Ask<NextHopsChanged>(new ResolveNextHops([IPAddress.Loopback]), TimeSpan.FromSeconds(20));

        Assert.Equal("there is no device no-such-dev", answer.ByAddress[IPAddress.Loopback].Problem);
        await host.StopAsync();
    }
}
