using RustyRail.Dataplane.Host.Decap;

return args switch
{
    ["decap", ..] => DecapCommand.Run(args.AsSpan(1)),
    _ => 2,
};
