using RustyRail.Dataplane.Native;
using RustyRail.Lab.GreRouter;

RouterOptions? options = RouterOptions.Parse(args, out string problem);
if (options is null)
{
    Console.Error.WriteLine($"gre-router: {problem}");
    return 2;
}
try
{
    using var router = new Router(options);
    router.Run();
    return 0;
}
catch (NativeException exception)
{
    Console.Error.WriteLine($"gre-router: {exception.Message}");
    return 2;
}
