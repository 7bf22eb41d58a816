using System.Text.Json;

namespace RustyRail.ControlPlane.Admin;

/// <summary>Failures that a caller can understand become an answer with a line; others are the framework's to log.</summary>
internal sealed class AnswerFailures(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (PipelineUnavailableException e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e.StatusCode, e.InnerException is JsonException json ? Problem(json) : e.Message);
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string line)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ChangeRefused([line]), AdminJson.Readable.ChangeRefused);
    }

    private static string Problem(JsonException json) =>
        json.Path is { Length: > 2 } path ? $"request body: {path[2..]} is unknown or has a value of the wrong kind" : "request body: not the JSON object that is expected";
}
