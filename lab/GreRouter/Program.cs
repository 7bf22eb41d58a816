using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Lab.GreRouter;
using RustyRail.Lab.GreRouter.Following;

return args is ["follow", ..] ? await FollowAsync(args.AsSpan(1).ToArray()) : Route(args);

static int Route(string[] arguments)
{
    RouterOptions? options = RouterOptions.Parse(arguments, out string problem);
    if (options is null) return Refuse(problem);
    try
    {
        using var router = new Router(options);
        router.Run();
        return 0;
    }
    catch (NativeException exception)
    {
        return Refuse(exception.Message);
    }
}

static async Task<int> FollowAsync(string[] arguments)
{
    FollowOptions? options = FollowOptions.Parse(arguments, out string problem);
    if (options is null) return Refuse(problem);
    using CancellationTokenSource stop = new();
    using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        stop.Cancel();
    });
    try
    {
        await new Follower(options).RunAsync(stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        // The end that was asked for.
    }
    return 0;
}

static int Refuse(string problem)
{
    Console.Error.WriteLine($"gre-router: {problem}");
    return 2;
}
