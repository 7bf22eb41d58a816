using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Draining;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>The outer host: the admin API, on the state directory's socket and, unless told otherwise, on loopback.</summary>
internal static class AdminHost
{
    // Whoever may change the catalogue may take traffic away: the socket is its owner's alone.
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="OperatorException">The address is taken, or not ours to take.</exception>
    public static async Task<WebApplication> StartAsync(StartPlan plan, RegionFile region, Pipeline pipeline, NodeDrain drain, StatusReport status, ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear(); // ASPNETCORE_URLS and the like are not ours
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Readable);
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // AnswerFailures has the words
        builder.Services.AddOpenApi();
        builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = AllowedHosts(plan.Node.Admin));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(plan.State.AdminSocket);
            if (plan.Node.Admin.Url is { HostNameType: UriHostNameType.Dns } name) kestrel.ListenLocalhost(name.Port);
            else if (plan.Node.Admin.Url is { } url) kestrel.Listen(IPAddress.Parse(url.Host.Trim('[', ']')), url.Port);
        });
        WebApplication app = builder.Build();
        app.UseMiddleware<HostFilteringMiddleware>();
        app.UseMiddleware<AnswerFailures>();
        app.MapFacts(region, pipeline, status);
        app.MapChanges(pipeline);
        app.MapCluster(pipeline);
        app.MapHistory(pipeline);
        app.MapDraining(plan.Node.Cluster.Node, drain, status);
        app.MapOpenApi(AdminPaths.OpenApi);
        File.Delete(plan.State.AdminSocket); // of a control plane that was killed: nobody else has this state directory
        try
        {
            await app.StartAsync();
            File.SetUnixFileMode(plan.State.AdminSocket, SocketMode);
            return app;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            string reason = e is IOException { InnerException: AddressInUseException } ? "the address is in use by another program" : e.Message;
            throw new OperatorException($"admin {plan.Node.Admin.Url?.OriginalString ?? plan.State.AdminSocket}: {reason}");
        }
    }

    // A page in somebody's browser must not reach a loopback API through a name of its own (DNS rebinding).
    private static IList<string> AllowedHosts(AdminOptions admin) =>
        admin.Url is { IsLoopback: false } ? ["*"] : ["localhost", "127.0.0.1", "[::1]", AdminClient.HostName];

    // Signals are the run command's.
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
