/** What `SentryProject.platform` may be: the official provider checks it against the list of its time. */
export const PLATFORMS: ReadonlySet<string> = new Set(
  `android apple apple-ios apple-macos bun capacitor cordova dart deno dotnet dotnet-aspnet dotnet-aspnetcore
  dotnet-awslambda dotnet-gcpfunctions dotnet-maui dotnet-uwp dotnet-winforms dotnet-wpf dotnet-xamarin electron elixir
  flutter go go-echo go-fasthttp go-gin go-http go-iris go-martini go-negroni ionic java java-log4j2 java-logback
  java-spring java-spring-boot javascript javascript-angular javascript-astro javascript-ember javascript-gatsby
  javascript-nextjs javascript-react javascript-remix javascript-svelte javascript-sveltekit javascript-vue kotlin
  minidump native native-qt node node-awslambda node-azurefunctions node-connect node-express node-fastify
  node-gcpfunctions node-hapi node-koa node-nestjs other php php-laravel php-symfony powershell python python-aiohttp
  python-asgi python-awslambda python-bottle python-celery python-chalice python-django python-falcon python-fastapi
  python-flask python-gcpfunctions python-pylons python-pymongo python-pyramid python-quart python-rq python-sanic
  python-serverless python-starlette python-tornado python-tryton python-wsgi react-native ruby ruby-rack ruby-rails
  rust unity unreal`.split(/\s+/),
);
