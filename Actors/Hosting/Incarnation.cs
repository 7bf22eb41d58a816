using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RustyRail.Actors.Formation;

namespace RustyRail.Actors.Hosting;

/// <summary>One ActorSystem in a host of its own. Akka.Hosting stops this host when the ActorSystem ends, and the host stops the ActorSystem.</summary>
internal sealed class Incarnation : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly IHostApplicationLifetime _lifetime;

    public Incarnation(string name, Action<AkkaConfigurationBuilder, IServiceProvider> compose, ILoggerFactory loggers)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        // The process's own, unowned here: the container disposes of what it makes, not of instances.
        builder.Services.AddSingleton(loggers);
        // The default listens to Ctrl-C and SIGTERM; those are the outer host's.
        builder.Services.AddSingleton<IHostLifetime, InnerLifetime>();
        builder.Services.AddAkka(name, compose);
        _host = builder.Build();
        _lifetime = _host.Services.GetRequiredService<IHostApplicationLifetime>();
    }

    public IReadOnlyActorRegistry Registry => _host.Services.GetRequiredService<ActorRegistry>();

    /// <summary>It has ended to let the next one begin, for this reason.</summary>
    public string? RegroupedBecause => (CoordinatedShutdown.Get(_host.Services.GetRequiredService<ActorSystem>()).ShutdownReason as Regrouping)?.Why;

    public Task StartAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    /// <summary>Completes when the ActorSystem has ended by itself or on <paramref name="stopping"/>.</summary>
    public async Task EndedAsync(CancellationToken stopping)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration byItself = _lifetime.ApplicationStopping.Register(ended.SetResult);
        await ended.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Ends the ActorSystem, if it still runs. Akka.Hosting marks the process as failed when a cluster downed the node; the process goes on, so that is undone.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
        if (Environment.ExitCode < 0) Environment.ExitCode = 0;
    }

    private sealed class InnerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
