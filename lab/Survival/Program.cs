using System.CommandLine;
using RustyRail.Lab.Survival;
using RustyRail.Lab.Survival.Bed;
using RustyRail.Lab.Survival.Events;

// Exit codes: 0 every event as it should be, 1 some not, 2 the bed does not stand.
SurvivalOptions.Command.SetAction((parsed, _) => RunAsync(SurvivalOptions.From(parsed)));
ParseResult result = SurvivalOptions.Command.Parse(args);
if (result.Errors.Count > 0)
{
    Console.Error.WriteLine($"survival: {result.Errors[0].Message} (see --help)");
    return 2;
}

return await result.InvokeAsync();

static async Task<int> RunAsync(SurvivalOptions options)
{
    if (options.Missing() is { } missing)
    {
        Console.Error.WriteLine($"survival: {missing} (see --help)");
        return 2;
    }

    // From out/lab/ to the lab's own program.
    LabScript lab = new(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "lab", "lab")), options.Prefix);
    List<EventResult> results = [];
    try
    {
        await using TestBed bed = await TestBed.UpAsync(lab, options.Balancers, options.Keep);
        Performance performance = new(bed, options);
        Console.Error.WriteLine(Report.Heading);
        foreach (SurvivalEvent happening in options.Events)
        {
            if (results.Count > 0) await bed.ResetAsync();
            EventResult result = await performance.RunAsync(happening);
            results.Add(result);
            Console.Error.WriteLine(Report.Line(result));
            foreach (string cause in Report.Causes(result)) Console.Error.WriteLine(cause);
        }
    }
    catch (LabException problem)
    {
        Console.Error.WriteLine($"survival: {problem.Message}");
        return 2;
    }

    if (options.Json) Console.Out.WriteLine(Report.Json(results));
    return results.TrueForAll(result => result.AsExpected) ? 0 : 1;
}
