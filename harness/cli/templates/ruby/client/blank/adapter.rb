require "json"
require "net/http"

# Replace this class with your client. The adapter follows it, see
# https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
class Client
  # Calls the block with :event and its fields, with :error and a message, and with :end when it has stopped.
  def initialize(url, headers, &tell)
    @tell = tell
    @thread = Thread.new { run(URI(url), { "accept" => "text/event-stream" }.merge(headers)) }
  end

  # Net::HTTP closes its connection when its thread is killed, even while it connects or reads.
  def close = @thread.kill.join

  private def run(uri, headers)
    # A stream may be silent for long, and without max_retries the request is sent again after a loss.
    options = { use_ssl: uri.scheme == "https", read_timeout: nil, max_retries: 0 }
    Net::HTTP.start(uri.hostname, uri.port, options) do |http|
      http.request_get(uri.request_uri, headers) { |response| read(response) }
    end
  rescue StandardError => e
    @tell.call(:error, message: e.message.scrub)
  ensure
    @tell.call(:end)
  end

  private def read(response)
    raise "status #{response.code}" unless response.code == "200"
    raise "type #{response.content_type}" unless response.content_type&.casecmp?("text/event-stream")
    type, data, id = "", [], ""
    each_line(response) do |line|
      field, value = line.split(/: ?/, 2)
      case field
      when "event" then type = value.to_s
      when "data" then data << value.to_s
      when "id" then id = value.to_s unless line.include?("\0")
      when nil # a blank line
        @tell.call(:event, type: type.empty? ? "message" : type, data: data.join("\n"), id: id) if data.any?
        type, data, id = "", [], ""
      end
    end
  end

  private def each_line(response)
    line, start, after_cr = "".b, true, false
    response.read_body do |part|
      rest = after_cr ? part.delete_prefix("\n") : part # the second half of a CRLF
      after_cr = part.end_with?("\r")
      first, *others = rest.split(/\r\n|\r|\n/, -1)
      line << first.to_s
      others.each do |following|
        yield line.force_encoding("UTF-8").scrub.delete_prefix(start ? "\uFEFF" : "")
        line, start = following, false
      end
    end
  end
end

clients = {} # by session; who removes one reports `closed`, so that happens once
lock = Mutex.new
messages = Queue.new # one thread writes, so that killing a client cuts off no line
Thread.new { loop { $stdout.write(JSON.generate(messages.pop), "\n") && $stdout.flush } }
messages << { hello: { protocol: 1, role: "client", name: "my-client", version: "1.0", language: "Ruby", sessions: 64,
                       capabilities: %w[requests close errors event-type event-id own-id headers] } }
$stdin.each_line do |line|
  order = JSON.parse(line)
  session = order["session"]
  if (connect = order["connect"])
    lock.synchronize do # a client that stops at once waits until it is in the table
      clients[session] = Client.new(connect["url"], connect["headers"]) do |kind, fields|
        messages << { session: session, kind => fields } if kind != :end
        clients[session]&.close if connect["closeIn"] == kind.to_s
        messages << { session: session, closed: {} } if kind == :end && lock.synchronize { clients.delete(session) }
      end
    end
  elsif order["close"] && (client = lock.synchronize { clients.delete(session) })
    client.close
    messages << { session: session, closed: {} }
  end
end
