import java.io.IOException
import java.io.InputStream
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

private val http = HttpClient.newBuilder()
    .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NORMAL).build()

/** Replace this class with your client. It is a minimal reader, which does not reconnect. */
class Client(url: String, headers: Map<String, String>) {
    @Volatile
    var isClosed = false
        private set

    private val response = http.sendAsync(
        HttpRequest.newBuilder(URI.create(url)).header("accept", "text/event-stream")
            .apply { headers.forEach { (name, value) -> setHeader(name, value) } }.build(),
        HttpResponse.BodyHandlers.ofInputStream(),
    )

    /** Calls back for each event until the stream ends. */
    fun read(onEvent: (type: String, data: String, id: String) -> Unit) {
        val answered = response.get()
        val kind = answered.headers().firstValue("content-type").orElse("")
        if (answered.statusCode() != 200 || !Regex("(?i)text/event-stream\\s*(;.*)?").matches(kind)) {
            answered.body().close()
            throw IOException("status ${answered.statusCode()}, content type $kind")
        }
        var (type, id) = "" to ""
        val data = mutableListOf<String>()
        lines(answered.body()) { line ->
            val field = line.substringBefore(':')
            val value = line.substringAfter(':', "").removePrefix(" ")
            when {
                line == "" -> {
                    if (data.isNotEmpty()) onEvent(type, data.joinToString("\n"), id)
                    type = ""
                    id = ""
                    data.clear()
                }
                field == "event" -> type = value
                field == "data" -> data += value
                field == "id" && '\u0000' !in value -> id = value
            }
        }
    }

    /** Calls back for each complete line; what a stream ends with is none. */
    private fun lines(body: InputStream, onLine: (String) -> Unit) = body.reader().use { reader ->
        val line = StringBuilder()
        val part = CharArray(8192)
        var (afterCr, first) = false to true
        while (true) {
            val count = reader.read(part)
            if (count < 0) break
            for (next in part.take(count)) {
                if (isClosed) return@use
                val isSecondHalf = afterCr && next == '\n' // of a CRLF
                val isMark = first && next == '\uFEFF'
                afterCr = next == '\r'
                first = false
                if (isSecondHalf || isMark) continue
                if (next == '\r' || next == '\n') {
                    val complete = line.toString()
                    line.setLength(0)
                    onLine(complete)
                } else {
                    line.append(next)
                }
            }
        }
    }

    fun close() {
        isClosed = true
        response.thenAccept { it.body().close() }
        response.cancel(true)
    }
}
