using System.Globalization;
using Serilog;
using Serilog.Events;
using ILogger = Serilog.ILogger;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>One console log for everything, the actor system included.</summary>
internal static class Logging
{
    private const string Template = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {Message:lj}{NewLine}{Exception}";

    public static ILogger Create() => new LoggerConfiguration()
        .MinimumLevel.Information()
        // The frameworks' own stories of starting and stopping are not the operator's.
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        // Its failures to start are thrown too, and become one line there.
        .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
        .MinimumLevel.Override("System", LogEventLevel.Warning)
        .MinimumLevel.Override("Akka", LogEventLevel.Warning)
        .WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture)
        .CreateLogger();
}
