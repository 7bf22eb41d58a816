using RustyRail.ControlPlane.Commands;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
